// @urql/core with its defaults: a query, an invalid query and a mutation.

import { Client, fetchExchange, gql } from "@urql/core";
import { done, recorded, souk, token } from "./asking.mjs";

const { fetch, requests } = recorded();
const client = new Client({
  url: `${souk}/graphql`,
  exchanges: [fetchExchange],
  fetch,
  fetchOptions: { headers: { authorization: `Bearer ${token}` } },
});

const query = await client.query(gql`query Me { user { id } }`, {});
const invalid = await client.query(gql`query Wrong { nothing }`, {});
const mutation = await client.mutation(gql`mutation Confirm($ids: [ID!]!) { confirmFiles(fileIds: $ids) }`, { ids: ["1"] });
done({
  requests,
  query: query.data,
  invalid: invalid.error.graphQLErrors.map((error) => error.extensions.code),
  mutation: mutation.data,
});
