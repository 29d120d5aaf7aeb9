// @upwork/node-upwork-oauth2: code, refresh, client credentials, and a GraphQL call with the tenant header.

import UpworkApi from "@upwork/node-upwork-oauth2";
import { createRequire } from "node:module";
import { done, program, service, souk, tenant, visit } from "./asking.mjs";

const { Graphql } = createRequire(import.meta.url)("@upwork/node-upwork-oauth2/lib/routers/graphql.js");

function client(options) {
  const api = new UpworkApi({ ...options });
  // Only the hosts are other ones. They are fixed in the library, and read when its inner client is made.
  Object.assign(api.cfg, { tokenHost: souk, baseUrl: `${souk}/api/`, gqlUrl: `${souk}/graphql` });
  api.client = new api.client.constructor(api.cfg);
  return api;
}

const got = (ask) => new Promise((resolve) => ask((...answer) => resolve(answer.at(-1))));

async function graphql(api, organization) {
  if (organization) api.setOrgUidHeader(organization);
  return got((callback) => new Graphql(api).execute({ query: "{ organization { id } }" }, callback));
}

const options = { clientId: program.id, clientSecret: program.secret, redirectUri: program.redirectUri, state: "kept" };
const api = client(options);
const back = await visit(api.client.getAuthorizationUrl());
const code = back.searchParams.get("code");
const first = (await got((callback) => api.client.getToken(code, callback))).token;
api.cfg.accessToken = first.access_token;
const answer = await graphql(api, tenant);

const known = { accessToken: first.access_token, refreshToken: first.refresh_token };
const later = client({ ...options, ...known, expiresAt: new Date(Date.now() - 1000) });
const second = await got((callback) => later.client.setAccessToken(callback));
const refreshed = await graphql(later);

const robot = client({ clientId: service.id, clientSecret: service.secret, grantType: "client_credentials" });
const own = (await got((callback) => robot.client.getToken(null, callback))).token;
robot.cfg.accessToken = own.access_token;

done({
  state: back.searchParams.get("state"),
  first,
  answer,
  second,
  refreshed,
  own,
  service: await graphql(robot),
});
