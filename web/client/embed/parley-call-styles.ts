/** As a sheet and not as an element: the page's own policy may forbid style elements. */
let sheet: CSSStyleSheet | undefined;

/** How the element looks; its parts `button` and `panel` can be styled by the page. */
export function callStyles(): CSSStyleSheet {
  if (sheet) return sheet;
  sheet = new CSSStyleSheet();
  sheet.replaceSync(`
    :host { display: inline-block; max-width: 100%; font: 500 16px/1.4 system-ui, sans-serif; }
    [hidden] { display: none !important; }
    .open {
      min-height: 44px; padding: 0 22px; border: 0; border-radius: 22px; cursor: pointer;
      font: inherit; color: #fff; background: #0f766e;
    }
    .open:hover { background: #0b5f58; }
    .open[aria-busy="true"] { opacity: .7; cursor: progress; }
    button:focus-visible, iframe:focus-visible { outline: 3px solid #27a596; outline-offset: 2px; }
    .panel { position: relative; width: 380px; max-width: 100%; }
    iframe {
      display: block; width: 100%; height: 320px; border: 0; border-radius: 18px;
      box-shadow: 0 1px 2px rgb(0 0 0 / 12%), 0 8px 28px rgb(0 0 0 / 12%); color-scheme: normal;
    }
    .close {
      position: absolute; z-index: 1; top: 2px; right: 2px; width: 44px; height: 44px; border: 0; cursor: pointer;
      border-radius: 22px; font: 22px/1 system-ui, sans-serif; color: #6b7671; background: transparent;
    }
    .message { margin: 8px 0 0; max-width: 380px; color: #b3261e; }
    .message:empty { display: none; }
    @media (prefers-color-scheme: dark) { .message { color: #f2877c; } }
  `);
  return sheet;
}
