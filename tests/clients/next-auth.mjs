// next-auth 4: a login with a provider that was written for the contract, as an API route of Next.js calls it.

import NextAuth from "next-auth";
import { Cookies, done, program, provider, visit } from "./asking.mjs";

const site = new URL(program.redirectUri).origin;
process.env.NEXTAUTH_URL = site;
const options = { secret: "only for this test", providers: [provider] };
const cookies = new Cookies();

/** Send a request to the route [...nextauth]. */
async function open(route, { query = {}, body } = {}) {
  const headers = new Headers();
  let sent;
  const response = {
    status: () => response,
    getHeader: (name) => (name === "Set-Cookie" ? headers.getSetCookie() : headers.get(name)),
    setHeader(name, value) {
      headers.delete(name);
      for (const one of [value].flat()) headers.append(name, one);
      return response;
    },
    json: (value) => (sent = value),
    send: (value) => (sent = value),
    end() {},
  };
  const method = body ? "POST" : "GET";
  const request = { method, query: { ...query, nextauth: route }, body, cookies: cookies.byName, headers: {} };
  await NextAuth.default(request, response, options);
  cookies.keep(headers.getSetCookie());
  return { sent, location: headers.get("location") };
}

const { csrfToken } = (await open(["csrf"])).sent;
const leave = await open(["signin", "souk"], { body: { csrfToken, callbackUrl: site } });
const back = await visit(leave.location);
const entered = await open(["callback", "souk"], { query: Object.fromEntries(back.searchParams) });
const session = (await open(["session"])).sent;
done({ parameters: [...back.searchParams.keys()], to: entered.location, session });
