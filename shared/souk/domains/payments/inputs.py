"""The filters and inputs of payments."""

from souk.domains.agreements.inputs import MoneyInput
from souk.domains.payments.model import OrderState
from souk.graph.lists import DateTimeRange
from souk.storage import Input
from souk.values.ids import Id


class OrderFilter(Input):
    """PaymentOrderFilter: the payments to list."""

    id_eq: Id | None = None
    state_eq: OrderState | None = None
    stuck_eq: bool | None = None
    organization_id_eq: Id | None = None
    created_date_time_bt: DateTimeRange | None = None


class RefundPayment(Input):
    """RefundPaymentInput: the money to pay back."""

    payment_order_id: str
    amount: MoneyInput
    reason: str
    idempotency_key: str
