// @apollo/client: useGETForQueries, and persisted queries, which Souk does not have.

import { ApolloClient, ApolloLink, gql, HttpLink, InMemoryCache } from "@apollo/client";
import { PersistedQueryLink } from "@apollo/client/link/persisted-queries";
import { createHash } from "node:crypto";
import { done, recorded, souk, token } from "./asking.mjs";

const ME = gql`query Me($none: String = "") { user { id } __type(name: $none) { name } }`;

async function asked(...links) {
  const { fetch, requests } = recorded();
  const headers = { authorization: `Bearer ${token}` };
  const http = new HttpLink({ uri: `${souk}/graphql`, useGETForQueries: true, headers, fetch });
  const client = new ApolloClient({ link: ApolloLink.from([...links, http]), cache: new InMemoryCache() });
  const { data } = await client.query({ query: ME });
  return { data, requests };
}

const sha256 = (text) => createHash("sha256").update(text).digest("hex");
done({
  plain: await asked(),
  persisted: await asked(new PersistedQueryLink({ sha256, useGETForHashedQueries: true })),
});
