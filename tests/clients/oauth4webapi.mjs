// oauth4webapi: discovery, code with PKCE, refresh, introspection, revocation, client credentials.

import * as oauth from "oauth4webapi";
import { done, program, service, souk, visit } from "./asking.mjs";

const http = { [oauth.allowInsecureRequests]: true };
const issuer = new URL(souk);
const found = await oauth.discoveryRequest(issuer, { algorithm: "oauth2", ...http });
const server = await oauth.processDiscoveryResponse(issuer, found);
const client = { client_id: program.id };
const secret = oauth.ClientSecretBasic(program.secret);

const verifier = oauth.generateRandomCodeVerifier();
const state = oauth.generateRandomState();
const url = new URL(server.authorization_endpoint);
url.search = new URLSearchParams({
  client_id: program.id,
  response_type: "code",
  redirect_uri: program.redirectUri,
  scope: "common-entities-read job-postings-read",
  state,
  code_challenge: await oauth.calculatePKCECodeChallenge(verifier),
  code_challenge_method: "S256",
});
const parameters = oauth.validateAuthResponse(server, client, await visit(url), state);
const redeemed = await oauth.authorizationCodeGrantRequest(
  server,
  client,
  secret,
  parameters,
  program.redirectUri,
  verifier,
  http,
);
const first = await oauth.processAuthorizationCodeResponse(server, client, redeemed);
const refresh = await oauth.refreshTokenGrantRequest(server, client, secret, first.refresh_token, http);
const second = await oauth.processRefreshTokenResponse(server, client, refresh);

async function look(token) {
  const answer = await oauth.introspectionRequest(server, client, secret, token, http);
  return oauth.processIntrospectionResponse(server, client, answer);
}
const live = await look(second.access_token);
await oauth.processRevocationResponse(
  await oauth.revocationRequest(server, client, secret, second.refresh_token, http),
);
const ended = await look(second.access_token);

const robot = { client_id: service.id };
const asked = await oauth.clientCredentialsGrantRequest(
  server,
  robot,
  oauth.ClientSecretPost(service.secret),
  {},
  http,
);
const own = await oauth.processClientCredentialsResponse(server, robot, asked);
done({ first, second, live, ended, own });
