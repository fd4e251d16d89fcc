import type { Theme } from './frame-messages.ts';

/** A condition of the style sheets that holds only in a dark, or only in a light scheme. */
const SCHEME = /\(prefers-color-scheme:\s*(dark|light)\)/;
const asked = new WeakMap<CSSMediaRule, string>();

/** Shows the page in a scheme of the host's choice: rules for the other one cease to hold. */
export function forceTheme(page: Document, theme: Theme): void {
  page.documentElement.style.colorScheme = theme === 'auto' ? '' : theme;
  for (const { cssRules } of page.styleSheets) {
    for (const rule of cssRules) {
      if (!(rule instanceof CSSMediaRule)) continue;
      const condition = asked.get(rule) ?? rule.media.mediaText;
      const [, scheme] = SCHEME.exec(condition) ?? [];
      if (scheme === undefined) continue;
      asked.set(rule, condition);
      const fixed = condition.replace(SCHEME, scheme === theme ? '(min-width: 0)' : '(max-width: 0)');
      rule.media.mediaText = theme === 'auto' ? condition : fixed;
    }
  }
}
