// SPDX-License-Identifier: Apache-2.0
#include "daemon/web/page_incidents.h"

#include "daemon/notify/words.h"
#include "daemon/web/markup.h"
#include "daemon/web/page_tables.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <vector>

namespace bw {
namespace {

constexpr double kShownFrom = 0.005;  // hypotheses below half a percent are not listed

std::string list_html(std::string_view title,
                      const std::vector<std::string>& items,
                      std::string_view tag) {
  if (items.empty()) return {};
  std::string html = "<div><h4>" + std::string(title) + "</h4><" + std::string(tag) + ">";
  for (const auto& item : items)
    html += "<li>" + escape_html(item) + "</li>";
  return html + "</" + std::string(tag) + "></div>\n";
}

std::vector<std::string> claims_of(const std::vector<Reason>& reasons, Time at) {
  std::vector<std::string> claims;
  claims.reserve(reasons.size());
  for (const auto& reason : reasons)
    claims.push_back(claim_in_words(reason, at));
  return claims;
}

std::string fact_html(std::string_view name, std::string_view words) {
  if (words.empty()) return {};
  return "<dt>" + std::string(name) + "</dt><dd>" + escape_html(words) + "</dd>\n";
}

std::string cause_row(Hypothesis cause, double probability) {
  const std::string number = std::to_string(std::lround(probability * 100));
  return "<tr><td>" + escape_html(in_words(cause)) + (is_cyber(cause) ? " <b>(attack)</b>" : "") +
         "</td><td class=\"number\">" + number + R"( %</td><td><meter min="0" max="100" value=")" +
         number + "\" aria-hidden=\"true\"></meter></td></tr>\n";
}

std::string posterior_html(const Incident& incident) {
  std::vector<std::size_t> order(kHypotheses);
  for (std::size_t i = 0; i < kHypotheses; ++i)
    order.at(i) = i;
  const Posterior& posterior = incident.verdict.posterior;
  std::ranges::stable_sort(
      order, std::ranges::greater{}, [&](std::size_t i) { return posterior.at(i); });
  std::string rows;
  for (const std::size_t i : order) {
    if (posterior.at(i) < kShownFrom) break;
    const auto cause = static_cast<Hypothesis>(i);
    rows += cause_row(cause, posterior.at(i));
  }
  if (rows.empty()) return {};
  return "<details id=\"causes-" + std::to_string(incident.id) +
         "\"><summary class=\"small\">How likely each cause is</summary><table><thead><tr>"
         "<th scope=\"col\">Cause</th><th scope=\"col\" class=\"number\">Probability</th><td></td>"
         "</tr></thead><tbody>\n" +
         rows + "</tbody></table></details>\n";
}

// "INC-8 · outage · open for 12 min · acknowledged".
std::string caption_html(const Snapshot& snapshot, const Incident& incident) {
  std::string html = R"(<p class="small"><span class="state">)";
  html += in_words(incident.verdict.level);
  html += "</span> <span class=\"soft\">&middot; INC-" + std::to_string(incident.id) +
          " &middot; open for " +
          print_duration(std::chrono::floor<Seconds>(snapshot.at - incident.opened)) + ", since " +
          time_html(incident.opened);
  if (incident.is_acknowledged) html += " &middot; acknowledged";
  if (incident.is_latched) html += " &middot; stays suspected until a person clears it";
  return html + "</span></p>\n";
}

std::string incident_html(const Snapshot& snapshot,
                          const Teller& teller,
                          const Incident& incident) {
  const Notice notice = teller.tell(incident);
  std::string html = "<article class=\"card level " + std::string(print(incident.verdict.level)) +
                     "\" id=\"inc-" + std::to_string(incident.id) + "\">\n";
  html += caption_html(snapshot, incident);
  html += "<h3>" + escape_html(notice.headline) + "</h3>\n<dl class=\"facts\">\n";
  html += fact_html("Customers", notice.customers);
  html += fact_html("Likely cause", notice.likely);
  html += fact_html("Whose", notice.culprit_name);
  html += fact_html("Suspicion", notice.suspicion_words);
  html += "</dl>\n<div class=\"columns\">\n";
  html += list_html("Why", claims_of(incident.verdict.because, snapshot.at), "ul");
  html +=
      list_html("What speaks against it", claims_of(incident.verdict.against, snapshot.at), "ul");
  html += list_html("What would change our mind", incident.verdict.would_change, "ul");
  html += list_html("What we cannot see", incident.verdict.missing, "ul");
  html += "</div>\n" + list_html("What to do first", notice.first_steps, "ol");
  return html + posterior_html(incident) + "</article>\n";
}

}  // namespace

std::string open_incidents_html(const Snapshot& snapshot, const Teller& teller) {
  std::string html;
  for (const auto& incident : snapshot.incidents) {
    if (!incident.closed) html += incident_html(snapshot, teller, incident);
  }
  return html.empty() ? html : "<h2>Open incidents</h2>\n" + html;
}

std::string closed_incidents_html(const Snapshot& snapshot, const Teller& teller) {
  std::string html;
  for (const auto& incident : snapshot.incidents) {
    if (!incident.closed) continue;
    html += "<li id=\"inc-" + std::to_string(incident.id) + R"("><span class="soft">INC-)" +
            std::to_string(incident.id) + ", " + time_html(incident.opened) + ":</span> " +
            escape_html(teller.tell(incident).headline) + "</li>\n";
  }
  return "<h2>Recent incidents</h2>\n" +
         (html.empty() ? "<p class=\"soft\">None.</p>\n" : "<ul>\n" + html + "</ul>\n");
}

}  // namespace bw
