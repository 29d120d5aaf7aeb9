// @auth/core (Auth.js): a login with a provider that was written for the contract.

import { Auth } from "@auth/core";
import { Cookies, done, program, provider, visit } from "./asking.mjs";

const site = new URL(program.redirectUri).origin;
const config = { trustHost: true, secret: "only for this test", basePath: "/auth", providers: [provider] };
const cookies = new Cookies();

async function open(path, form) {
  const options = form && { method: "POST", body: new URLSearchParams(form) };
  const headers = { cookie: String(cookies) };
  const answer = await Auth(new Request(new URL(path, site), { ...options, headers }), config);
  cookies.keep(answer.headers.getSetCookie());
  return answer;
}

const { csrfToken } = await (await open("/auth/csrf")).json();
const leave = await open("/auth/signin/souk", { csrfToken, callbackUrl: site });
const back = await visit(leave.headers.get("location"));
const entered = await open(back.pathname + back.search);
const session = await (await open("/auth/session")).json();
done({ parameters: [...back.searchParams.keys()], to: entered.headers.get("location"), session });
