"""Processing a batch: only failed messages are retried."""

from threading import Barrier

from souk.runtime.queues import Message, process_batch


def batch(*bodies: str) -> list[Message]:
    return [{"messageId": f"id-{body}", "body": body} for body in bodies]


def test_only_failed_messages_are_returned() -> None:
    processed: list[str] = []

    def work(message: Message) -> None:
        if message["body"] == "b":
            raise ValueError
        processed.append(message["body"])

    answer = process_batch(batch("a", "b", "c"), work)
    assert answer == {"batchItemFailures": [{"itemIdentifier": "id-b"}]}
    assert processed == ["a", "c"]


def test_batch_can_be_processed_concurrently() -> None:
    meeting = Barrier(3, timeout=10)  # waits until all three are there

    def work(_: Message) -> None:
        meeting.wait()

    assert process_batch(batch("a", "b", "c"), work, 3) == {"batchItemFailures": []}


def test_empty_batch_has_no_failures() -> None:
    assert process_batch([], lambda _: None) == {"batchItemFailures": []}
