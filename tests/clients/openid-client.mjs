// openid-client: discovery, code with PKCE, refresh, a call to the API, introspection, client credentials.

import * as client from "openid-client";
import { done, program, service, souk, tenant, visit } from "./asking.mjs";

const options = { algorithm: "oauth2", execute: [client.allowInsecureRequests] };
const config = await client.discovery(new URL(souk), program.id, program.secret, undefined, options);

const verifier = client.randomPKCECodeVerifier();
const state = client.randomState();
const back = await visit(
  client.buildAuthorizationUrl(config, {
    redirect_uri: program.redirectUri,
    code_challenge: await client.calculatePKCECodeChallenge(verifier),
    code_challenge_method: "S256",
    state,
  }),
);
const first = await client.authorizationCodeGrant(config, back, { pkceCodeVerifier: verifier, expectedState: state });
const second = await client.refreshTokenGrant(config, first.refresh_token);
const answer = await client.fetchProtectedResource(
  config,
  second.access_token,
  new URL(`${souk}/graphql`),
  "POST",
  JSON.stringify({ query: "{ organization { id } }" }),
  new Headers({ "content-type": "application/json", "x-upwork-api-tenantid": tenant }),
);
const live = await client.tokenIntrospection(config, second.access_token);

const robot = await client.discovery(new URL(souk), service.id, service.secret, undefined, options);
const own = await client.clientCredentialsGrant(robot);
done({ first, second, answer: await answer.json(), live, own });
