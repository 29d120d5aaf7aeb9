// What the scripts share: they are told where Souk is, and the test behind them plays the person with the browser.

import { createInterface } from "node:readline/promises";

export const souk = process.env.SOUK_URL;
export const program = {
  id: process.env.CLIENT_ID,
  secret: process.env.CLIENT_SECRET,
  redirectUri: process.env.REDIRECT_URI,
};
export const service = { id: process.env.SERVICE_ID, secret: process.env.SERVICE_SECRET };
export const tenant = process.env.TENANT_ID;
/** An access token, for scripts that only call the API. */
export const token = process.env.TOKEN;

const answers = createInterface({ input: process.stdin });

/** Send the person to an address; resolve to where their browser was sent back to. */
export async function visit(url) {
  console.log(JSON.stringify({ visit: String(url) }));
  const { value } = await answers[Symbol.asyncIterator]().next();
  return new URL(value);
}

/** Tell the test what came out, and end. */
export function done(result) {
  console.log(JSON.stringify({ result }));
  answers.close();
}

/** Return a fetch that records the method, status and media type of each request. */
export function recorded() {
  const requests = [];
  async function recording(url, options) {
    const answer = await fetch(url, options);
    const type = answer.headers.get("content-type").split(";")[0];
    requests.push([options?.method ?? "GET", answer.status, type]);
    return answer;
  }
  return { fetch: recording, requests };
}

/** A browser's cookies for the scripts that act as a web application. */
export class Cookies {
  #kept = new Map();

  /** Keep the cookies of Set-Cookie headers. */
  keep(headers) {
    for (const header of headers) {
      const [pair] = header.split(";");
      const at = pair.indexOf("=");
      this.#kept.set(pair.slice(0, at), pair.slice(at + 1));
    }
  }

  /** The cookies by name, decoded. */
  get byName() {
    return Object.fromEntries([...this.#kept].map(([name, value]) => [name, decodeURIComponent(value)]));
  }

  toString() {
    return [...this.#kept].map((pair) => pair.join("=")).join("; ");
  }
}

/** A provider for Auth.js and next-auth, as one writes it for the contract. Without ISSUER it names no issuer. */
export const provider = {
  id: "souk",
  name: "Souk",
  type: "oauth",
  clientId: program.id,
  clientSecret: program.secret,
  issuer: process.env.ISSUER,
  authorization: {
    url: `${souk}${process.env.AUTHORIZE}`,
    params: { scope: "common-entities-read" },
  },
  token: `${souk}/api/v3/oauth2/token`,
  userinfo: {
    url: `${souk}/graphql`,
    async request({ tokens }) {
      const answer = await fetch(`${souk}/graphql`, {
        method: "POST",
        headers: { authorization: `Bearer ${tokens.access_token}`, "content-type": "application/json" },
        body: JSON.stringify({ query: "{ user { id name email } }" }),
      });
      return (await answer.json()).data.user;
    },
  },
  profile: ({ id, name, email }) => ({ id, name, email }),
};
