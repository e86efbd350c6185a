// SPDX-License-Identifier: Apache-2.0
#include "daemon/web/public_page.h"

#include "daemon/notify/customer_english.h"
#include "daemon/web/customers.h"
#include "daemon/web/markup.h"
#include "daemon/web/page_assets.h"
#include "daemon/web/page_tables.h"

#include <algorithm>
#include <array>

namespace bw {
namespace {

namespace en = customer_english;

// In the order of Service.
constexpr std::array<std::string_view, 5> kTones{"unknown", "well", "some", "some", "out"};

std::string_view tone_of(Service service) {
  return kTones.at(static_cast<std::size_t>(service));
}

Service shown(const ServedFunction& function) {
  // What no incident confirms may be a slip of ours.
  const bool is_well = function.service == Service::working;
  return is_well || function.is_told ? function.service : Service::unknown;
}

std::string headline_of(const CustomerView& view, const CustomerNotices& notices) {
  if (notices.all && notices.all->service != Service::working)
    return notices.all->drafts.push_title;
  const bool is_all_well = std::ranges::all_of(view.functions, [](const ServedFunction& function) {
    return shown(function) == Service::working;
  });
  return std::string(is_all_well ? en::kAllAvailable : en::kNoneKnown);
}

std::string functions_list(const CustomerView& view) {
  std::string html = "<ul>\n";
  for (const auto& function : view.functions) {
    const auto service = shown(function);
    html += "<li class=\"card " + std::string(tone_of(service)) + "\"><b>" +
            escape_html(function.title) + "</b><span class=\"state\">" +
            std::string(en::kServices.at(static_cast<std::size_t>(service))) + "</span></li>\n";
  }
  return html + "</ul>\n";
}

std::string notices_list(const CustomerNotices& notices) {
  std::string html;
  for (const auto& notice : notices.each) {
    html += "<article class=\"card " + std::string(tone_of(notice.service)) + "\"><h2>" +
            escape_html(notice.drafts.push_title) + "</h2><p>" + escape_html(notice.drafts.social) +
            "</p><p class=\"soft\">" + time_html(notice.since) + "</p></article>\n";
  }
  return html;
}

}  // namespace

std::string render_public_page(const Snapshot& snapshot) {
  auto view = customer_view(snapshot);
  view.link.clear();  // it leads here
  const auto notices = compose_customer_notices(view);
  const auto headline = escape_html(headline_of(view, notices));
  const auto organisation = escape_html(snapshot.organisation);
  std::string html =
      "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
      "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
      "<meta http-equiv=\"refresh\" content=\"60\">\n<title>" +
      headline + " &middot; " + organisation +
      "</title>\n<link rel=\"icon\" href=\"data:,\">\n<style>";
  html += assets::kPublicStyle;
  html += "</style>\n</head>\n<body>\n<header>\n<p class=\"soft\">" + organisation + "</p>\n<h1>" +
          headline + "</h1>\n<p class=\"soft\">" + time_html(snapshot.at) +
          "</p>\n</header>\n<main>\n";
  return html + notices_list(notices) + functions_list(view) + "</main>\n</body>\n</html>\n";
}

}  // namespace bw
