// SPDX-License-Identifier: Apache-2.0
#include "daemon/web/page.h"

#include "daemon/web/markup.h"
#include "daemon/web/page_assets.h"
#include "daemon/web/page_incidents.h"
#include "daemon/web/page_notices.h"
#include "daemon/web/page_tables.h"
#include "daemon/web/server.h"
#include "daemon/web/wording.h"

#include <openssl/evp.h>

#include <array>
#include <cmath>
#include <string>

namespace bw {
namespace {

std::string hash_source(std::string_view content) {
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
  unsigned int length = 0;
  EVP_Digest(content.data(), content.size(), digest.data(), &length, EVP_sha256(), nullptr);
  std::array<unsigned char, std::size_t{2} * EVP_MAX_MD_SIZE> text{};
  const int size = EVP_EncodeBlock(text.data(), digest.data(), static_cast<int>(length));
  return "'sha256-" + std::string(text.begin(), text.begin() + size) + "'";
}

// Everything before the body's content. `refresh` reloads the page where there is no script.
std::string head(const std::string& title, bool refresh) {
  std::string html =
      "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
      "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
      "<meta name=\"robots\" content=\"noindex\">\n<title>" +
      title +
      "</title>\n"
      "<link rel=\"icon\" href=\"data:,\">\n";
  if (refresh) html += "<noscript><meta http-equiv=\"refresh\" content=\"10\"></noscript>\n";
  html += "<style>";
  html += assets::kStyle;
  html += "</style>\n</head>\n<body>\n";
  return html;
}

std::string percent(double ratio) {
  return ratio > 0 && ratio < 0.01 ? "below 1 %" : std::to_string(std::lround(ratio * 100)) + " %";
}

// A part that the script keeps up to date; `classes` may be empty.
std::string live(std::string_view tag, std::string_view id, std::string_view content) {
  std::string html = "<";
  html.append(tag).append(" id=\"").append(id).append("\" data-live>");
  html.append(content).append("</").append(tag).append(">\n");
  return html;
}

std::string top(const Snapshot& snapshot, const Summary& summary, std::string_view headline) {
  std::string html = "<header>\n<p class=\"soft\">" + escape_html(snapshot.organisation) +
                     ", seen from " + escape_html(snapshot.vantage) + "</p>\n";
  html += R"(<div id="headline" data-live role="status" class="level )";
  html += print(summary.level);
  html += "\"><h1>" + escape_html(headline) + "</h1></div>\n";
  std::string line = "<p class=\"small\">Suspicion of an attack: ";
  line +=
      "<meter aria-label=\"suspicion of an attack\" min=\"0\" max=\"100\" low=\"20\" high=\"50\" "
      "optimum=\"0\" value=\"" +
      std::to_string(std::lround(summary.suspicion * 100)) + "\"></meter> " +
      percent(summary.suspicion) + "</p>\n";
  line += "<p class=\"small soft\">As of " + time_html(snapshot.at) + "</p>\n";
  html += live("div", "gauge", line);
  html +=
      "<p id=\"stale\" role=\"alert\">The connection to the monitor is lost: this is what it "
      "last said.</p>\n</header>\n";
  return html;
}

std::string bottom(const Snapshot& snapshot) {
  return "<footer class=\"small soft\">bellwether " + escape_html(snapshot.health.version) +
         " &middot; <a href=\"/api/v1/status\">JSON</a> &middot; <a href=\"/metrics\">metrics</a>"
         "</footer>\n";
}

}  // namespace

std::string render_status_page(const Snapshot& snapshot) {
  const Summary summary = summarize(snapshot);
  const Teller teller(snapshot);
  const std::string headline = teller.headline(summary);
  std::string html = head(
      escape_html(headline, 120) + " &middot; " + escape_html(snapshot.organisation, 60), true);
  html += top(snapshot, summary, headline);
  html += "<main>\n";
  html += live("section", "open", open_incidents_html(snapshot, teller));
  html += live("section", "notices", notices_html(snapshot));
  html += live("section", "functions", functions_html(snapshot));
  html += live("section", "providers", providers_html(snapshot));
  html += live("section", "targets", targets_html(snapshot));
  html += live("section", "recent", closed_incidents_html(snapshot, teller));
  html += live("section", "monitor", health_html(snapshot));
  html += "</main>\n" + bottom(snapshot) + "<script>";
  html += assets::kScript;
  html += "</script>\n</body>\n</html>\n";
  return html;
}

std::string render_error_page(std::string_view sentence) {
  return head(escape_html(sentence), false) + "<h1>" + escape_html(sentence) +
         "</h1>\n<p><a href=\"/\">To the status page</a></p>\n</body>\n</html>\n";
}

const std::string& page_security_policy() {
  static const std::string kPolicy =
      "default-src 'none'; style-src " + hash_source(assets::kStyle) + " " +
      hash_source(assets::kPublicStyle) + "; script-src " + hash_source(assets::kScript) +
      "; connect-src 'self'; img-src data:; base-uri 'none'; form-action 'none'; "
      "frame-ancestors 'none'";
  return kPolicy;
}

}  // namespace bw
