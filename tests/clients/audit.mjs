// graphql-http: the audit suite of the GraphQL over HTTP specification, with a token in each request.

import { serverAudits } from "graphql-http";
import { done, souk, token } from "./asking.mjs";

const authorized = { authorization: `Bearer ${token}` };
const fetchFn = (url, init = {}) => fetch(url, { ...init, headers: { ...init.headers, ...authorized } });

const results = [];
for (const audit of serverAudits({ url: `${souk}/graphql`, fetchFn })) {
  const { id, name, status, reason } = await audit.fn();
  results.push({ id, name, status, reason });
}
done(results);
