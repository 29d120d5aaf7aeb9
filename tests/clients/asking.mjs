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
