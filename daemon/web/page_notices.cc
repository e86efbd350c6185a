// SPDX-License-Identifier: Apache-2.0
#include "daemon/web/page_notices.h"

#include "daemon/notify/customer_english.h"
#include "daemon/web/customers.h"
#include "daemon/web/markup.h"
#include "daemon/web/wording.h"

namespace bw {
namespace {

std::string draft_html(std::string_view name, std::string_view text) {
  return "<dt>" + std::string(name) + "</dt><dd class=\"draft\">" + escape_html(text) + "</dd>\n";
}

std::string drafts_html(const Drafts& drafts) {
  return "<dl class=\"facts\">\n" + draft_html("Website banner", drafts.banner) +
         draft_html("Social post", drafts.social) +
         draft_html("App push, title", drafts.push_title) +
         draft_html("App push, text", drafts.push_body) +
         draft_html("Stores and contact centre", drafts.colleagues) + "</dl>\n";
}

// Folded, under an id that stays, so that what a person has opened stays open.
std::string folded_html(const std::string& id, std::string_view title, const Drafts& drafts) {
  return "<details id=\"" + escape_html(id) + "\"><summary>" + escape_html(title) + "</summary>\n" +
         drafts_html(drafts) + "</details>\n";
}

}  // namespace

std::string notices_html(const Snapshot& snapshot) {
  const auto notices = compose_customer_notices(customer_view(snapshot));
  std::string html;
  if (notices.all) html += drafts_html(notices.all->drafts);
  if (notices.each.size() > 1) {
    for (const auto& notice : notices.each) {
      const auto& function = notice.functions.front();
      html += folded_html("notice-" + function, title_of(snapshot, function), notice.drafts);
    }
  }
  if (notices.to_approve) {
    const std::string title = "With the cyber incident named: only after approval by " +
                              std::string(customer_english::kApprover);
    html += folded_html("notice-to-approve", title, *notices.to_approve);
  }
  if (html.empty()) return html;
  return "<h2>Drafts for customers</h2>\n<p class=\"small soft\">A click selects a draft. They "
         "follow what fails and what works, and name no cause that is not established.</p>\n"
         "<div class=\"card\">\n" +
         html + "</div>\n";
}

}  // namespace bw
