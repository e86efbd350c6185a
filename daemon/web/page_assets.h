// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>

// The status page's style and script. Colour is never the only sign of a state: words and a mark
// stand beside it. Contrast is at least 4.5:1 in both schemes (WCAG 2.2, 1.4.3).
namespace bw::assets {

inline constexpr std::string_view kStyle = R"css(
:root{color-scheme:light dark;--ground:#f7f6f3;--card:#fff;--ink:#1d1f23;--soft:#5a5f69;--line:#dddad3;
--calm:#1c6b3c;--degraded:#8a5a00;--outage:#b3261e;--watch:#6b4a9c;--suspected:#a3166f;--blind:#4d5666;--link:#1857a4}
@media(prefers-color-scheme:dark){:root{--ground:#14161a;--card:#1d2026;--ink:#e8e6e1;--soft:#a4a9b4;--line:#343943;
--calm:#6fcf97;--degraded:#f0b95a;--outage:#ff8a80;--watch:#c3a5f5;--suspected:#ff8ccf;--blind:#b4bccb;--link:#8db9f5}}
*{box-sizing:border-box}
body{margin:0 auto;max-width:72rem;padding:1.5rem 1rem 3rem;background:var(--ground);color:var(--ink);
font:1rem/1.5 system-ui,-apple-system,"Segoe UI",Roboto,sans-serif;overflow-wrap:break-word}
a{color:var(--link)}
h1{font-size:clamp(1.4rem,3.2vw,2.1rem);line-height:1.25;margin:.2rem 0 .6rem;text-wrap:balance}
h2{font-size:1.1rem;margin:2.2rem 0 .7rem}
h3{font-size:1.1rem;line-height:1.35;margin:.35rem 0 .6rem}
h4{font-size:.85rem;margin:.9rem 0 .2rem;color:var(--soft)}
p{margin:.3rem 0}
ul,ol{margin:.2rem 0;padding-left:1.2rem}
.soft{color:var(--soft)}
.small{font-size:.875rem}
.level{border-left:.5rem solid;padding-left:1rem}
.card{background:var(--card);border:1px solid var(--line);border-radius:.6rem;padding:1rem 1.2rem;margin:.8rem 0}
.card.level{border-left:.5rem solid}
.calm{--tone:var(--calm)}.degraded{--tone:var(--degraded)}.outage{--tone:var(--outage)}.watch{--tone:var(--watch)}
.suspected,.strongly_suspected,.declared{--tone:var(--suspected)}.blind{--tone:var(--blind)}
.level{border-left-color:var(--tone)!important}
.state{color:var(--tone);font-weight:600;white-space:nowrap}
.grid{display:grid;grid-template-columns:repeat(auto-fill,minmax(15rem,1fr));gap:.7rem;list-style:none;padding:0}
.grid li{background:var(--card);border:1px solid var(--line);border-left:.5rem solid;border-radius:.6rem;padding:.7rem 1rem .7rem .8rem}
.facts{display:grid;grid-template-columns:max-content 1fr;gap:.25rem 1rem;margin:.4rem 0}
.facts dt{color:var(--soft)}.facts dd{margin:0;overflow-wrap:anywhere}
.columns{display:grid;grid-template-columns:repeat(auto-fit,minmax(17rem,1fr));gap:0 1.6rem}
.scroll{overflow-x:auto;background:var(--card);border:1px solid var(--line);border-radius:.6rem}
table{border-collapse:collapse;width:100%;font-size:.9rem;font-variant-numeric:tabular-nums}
th,td{text-align:left;padding:.45rem .8rem;border-bottom:1px solid var(--line);vertical-align:top}
tbody tr:last-child>*{border-bottom:0}
thead th{color:var(--soft);font-weight:500;white-space:nowrap}
tbody th{font-weight:600}tbody th .soft{font-weight:400}
.number{text-align:right}.number,.tight{white-space:nowrap}
.draft{user-select:all;-webkit-user-select:all}
summary{cursor:pointer;margin-top:.6rem}
meter{width:8rem;vertical-align:middle}
.phases rect:nth-of-type(1){fill:#7aa5d8}.phases rect:nth-of-type(2){fill:#5b8f7b}.phases rect:nth-of-type(3){fill:#b48ead}
.phases rect:nth-of-type(4){fill:#d08770}.phases rect:nth-of-type(5){fill:#a3a8b3}
#stale{display:none;border:1px solid var(--degraded);color:var(--degraded);border-radius:.6rem;padding:.5rem 1rem}
#stale.on{display:block}
footer{margin-top:2.5rem;border-top:1px solid var(--line);padding-top:.8rem}
)css";

// The public page's: it has fewer states, and names no others.
inline constexpr std::string_view kPublicStyle = R"css(
:root{color-scheme:light dark;--ground:#f7f6f3;--card:#fff;--ink:#1d1f23;--soft:#5a5f69;--line:#dddad3;
--well:#1c6b3c;--some:#8a5a00;--out:#b3261e;--unknown:#4d5666}
@media(prefers-color-scheme:dark){:root{--ground:#14161a;--card:#1d2026;--ink:#e8e6e1;--soft:#a4a9b4;--line:#343943;
--well:#6fcf97;--some:#f0b95a;--out:#ff8a80;--unknown:#b4bccb}}
*{box-sizing:border-box}
body{margin:0 auto;max-width:48rem;padding:1.5rem 1rem 3rem;background:var(--ground);color:var(--ink);
font:1rem/1.5 system-ui,-apple-system,"Segoe UI",Roboto,sans-serif;overflow-wrap:break-word}
h1{font-size:clamp(1.4rem,3.2vw,2.1rem);line-height:1.25;text-wrap:balance}
h2{font-size:1.1rem;margin:0}
p{margin:.3rem 0}
.soft{color:var(--soft);font-size:.875rem}
.well{--tone:var(--well)}.some{--tone:var(--some)}.out{--tone:var(--out)}.unknown{--tone:var(--unknown)}
.card{background:var(--card);border:1px solid var(--line);border-left:.5rem solid var(--tone);border-radius:.6rem;
padding:.7rem 1rem;margin:.8rem 0}
ul{list-style:none;padding:0}
.card b{display:block}
.state{color:var(--tone);font-weight:600}
)css";

// Asks for the page again every few seconds and puts in what has changed; what a person has opened
// stays open. Without it the page reloads itself.
inline constexpr std::string_view kScript = R"js(
(() => {
  "use strict";
  const every = 5000;
  const stale = document.getElementById("stale");
  const update = async () => {
    if (document.hidden) return;
    const reply = await fetch("/", {cache: "no-cache", headers: {Accept: "text/html"}});
    if (!reply.ok) throw new Error(reply.status);
    const fresh = new DOMParser().parseFromString(await reply.text(), "text/html");
    document.title = fresh.title;
    for (const now of document.querySelectorAll("[data-live]")) {
      const next = fresh.getElementById(now.id);
      if (!next) continue;
      for (const part of now.querySelectorAll("details[open]")) {
        const same = next.querySelector("#" + CSS.escape(part.id));
        if (same) same.open = true;
      }
      if (now.className !== next.className) now.className = next.className;
      if (now.innerHTML !== next.innerHTML) now.replaceChildren(...next.childNodes);
    }
  };
  const turn = () => update()
      .then(() => stale.classList.remove("on"), () => stale.classList.add("on"))
      .finally(() => setTimeout(turn, every));
  document.addEventListener("visibilitychange", () => { update().catch(() => {}); });
  setTimeout(turn, every);
})();
)js";

}  // namespace bw::assets
