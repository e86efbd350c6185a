// SPDX-License-Identifier: Apache-2.0
#include "daemon/rehearsal/render_page.h"

#include "daemon/rehearsal/chance.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace bw::rehearsal {
namespace {

constexpr std::size_t kNavigationMax = 6;
constexpr std::size_t kTeasers = 5;

// Sentences that could stand on anybody's page. None may sound like trouble.
constexpr auto kTeaserPool = std::to_array<std::string_view>({
    "See what people chose most often this week, sorted by how much they liked it.",
    "Our opening hours over the next days are on the contact page, with a map.",
    "Set your preferences once and we will keep them on every device you use.",
    "A short guide answers the questions that we hear most, in plain words.",
    "Look through the overview and compare the details side by side.",
    "Subscribe to our letter and read about news twice a month.",
    "People who looked at this also looked at the three suggestions below.",
    "Every figure on this page is brought up to date several times a day.",
    "You can reach our advisers by phone, in a chat, or in person near you.",
    "Read what others wrote about us, the good and the less good.",
    "The app shows the same, with your own list at the top.",
    "We have made the text larger and the buttons easier to hit with a thumb.",
    "Choose a language and a region at the foot of the page.",
    "Find the terms, the small print and how we handle your data here.",
});

struct Fields {
  std::string_view submit;
  std::string_view html;
};
Fields fields_of(const Endpoint& endpoint) {
  if (endpoint.kind == "login") {
    return {.submit = "Sign in",
            .html =
                "<label for=\"user\">User name or e-mail address</label>"
                "<input id=\"user\" name=\"username\" type=\"email\" autocomplete=\"username\" "
                "required>"
                "<label for=\"pass\">Password</label>"
                "<input id=\"pass\" name=\"password\" type=\"password\" "
                "autocomplete=\"current-password\" required>"};
  }
  if (endpoint.kind == "checkout") {
    return {.submit = "Confirm",
            .html =
                "<label for=\"name\">Name</label>"
                "<input id=\"name\" name=\"name\" autocomplete=\"name\" required>"
                "<label for=\"number\">Card number</label>"
                "<input id=\"number\" name=\"cardnumber\" autocomplete=\"cc-number\" "
                "inputmode=\"numeric\" required>"
                "<label for=\"exp\">Expiry</label>"
                "<input id=\"exp\" name=\"exp\" autocomplete=\"cc-exp\" required>"
                "<label for=\"csc\">Security code</label>"
                "<input id=\"csc\" name=\"csc\" autocomplete=\"cc-csc\" required>"};
  }
  return {.submit = "Go",
          .html = R"(<label for="q">Your choice</label><input id="q" name="q" type="text">)"};
}

std::string title_of(const PageView& page) {
  const auto& functions = page.world->functions;
  const auto function = std::ranges::find(functions, page.endpoint->function, &NamedId::id);
  // A stranger's page carries its own name, not ours.
  if (page.endpoint->kind == "ping" || function == functions.end()) {
    return page.endpoint->says.empty() ? "Welcome" : page.endpoint->says;
  }
  return function->title + " - " + page.world->organisation;
}

std::string navigation(const PageView& page) {
  if (page.endpoint->kind == "ping") return R"(<a href="/">Home</a> <a href="/about">About</a>)";
  std::string links = "<a href=\"/\">" + escape_html(page.world->organisation) + "</a>";
  std::size_t count = 0;
  for (const auto& function : page.world->functions) {
    if (++count > kNavigationMax) break;
    links += fmt::format(" <a href=\"/{}\">{}</a>", function.id, escape_html(function.title));
  }
  return links;
}

// Most of the teasers stay from one edition to the next; one of them and a number change.
std::string teasers(const PageView& page) {
  const auto base = hash_text(page.endpoint->url);
  std::string html;
  for (std::size_t i = 0; i < kTeasers; ++i) {
    const auto pick = i + 1 < kTeasers ? base + i * 3 : mix(base, page.edition);
    html += fmt::format("<article><h2>{}</h2><p>{}</p></article>\n",
                        i + 1 < kTeasers ? fmt::format("Item {}", i + 1) : "New today",
                        kTeaserPool.at(pick % kTeaserPool.size()));
  }
  html += fmt::format("<p>{} people looked at this lately.</p>\n",
                      100 + mix(base, page.edition + 1) % 900);
  return html;
}

std::string form(const PageView& page) {
  if (page.form_action.empty()) return {};
  const auto fields = fields_of(*page.endpoint);
  return fmt::format(
      "<form method=\"post\" action=\"{}\">{}<button type=\"submit\">{}</button>"
      "</form>\n",
      escape_html(page.form_action),
      fields.html,
      fields.submit);
}

std::string head(const PageView& page) {
  std::string html = fmt::format(
      "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
      "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
      "<title>{}</title>\n<link rel=\"canonical\" href=\"{}\">\n",
      escape_html(title_of(page)),
      escape_html(page.endpoint->url));
  for (const auto& source : page.scripts) {
    html += fmt::format("<script src=\"{}\"></script>\n", escape_html(source));
  }
  for (const auto& text : page.inline_scripts)
    html += "<script>" + text + "</script>\n";
  return html + "</head>\n";
}

}  // namespace

std::string escape_html(std::string_view text) {
  std::string escaped;
  for (const char c : text) {
    switch (c) {
      case '&':
        escaped += "&amp;";
        break;
      case '<':
        escaped += "&lt;";
        break;
      case '>':
        escaped += "&gt;";
        break;
      case '"':
        escaped += "&quot;";
        break;
      default:
        escaped += c;
    }
  }
  return escaped;
}

PageView healthy_page(const WorldFile& world, const Endpoint& endpoint, std::uint64_t edition) {
  return {.world = &world,
          .endpoint = &endpoint,
          .edition = edition,
          .scripts = endpoint.scripts,
          .form_action = endpoint.form_action,
          .inserts = {},
          .inline_scripts = {},
          .frames = {}};
}

std::string render_page(const PageView& page) {
  std::string html = head(page);
  html += "<body>\n<header><nav>" + navigation(page) + "</nav></header>\n<main>\n";
  html += "<h1>" + escape_html(title_of(page)) + "</h1>\n";
  for (const auto& insert : page.inserts)
    html += "<div><p>" + insert + "</p></div>\n";
  if (!page.endpoint->says.empty()) {
    html += "<p class=\"lead\">" + escape_html(page.endpoint->says) + "</p>\n";
  }
  html += form(page);
  for (const auto& source : page.frames) {
    html += fmt::format("<iframe src=\"{}\"></iframe>\n", escape_html(source));
  }
  html += teasers(page);
  html += "</main>\n<footer><p>";
  html +=
      page.endpoint->kind == "ping" ? "All rights reserved" : escape_html(page.world->organisation);
  return html +
         ". <a href=\"/privacy\">Privacy</a> <a href=\"/terms\">Terms</a></p></footer>\n"
         "</body>\n</html>\n";
}

std::string render_signed_in(const PageView& page) {
  PageView inside = page;
  inside.form_action.clear();
  inside.inserts.emplace_back("You are signed in. <a href=\"/signout\">Sign out</a>");
  return render_page(inside);
}

std::string render_short_page(const WorldFile& world,
                              std::string_view heading,
                              std::string_view text) {
  return fmt::format(
      "<!doctype html>\n<html lang=\"en\">\n<head><meta charset=\"utf-8\"><title>{0} - {1}</title>"
      "</head>\n<body><h1>{0}</h1><p>{2}</p></body>\n</html>\n",
      escape_html(heading),
      escape_html(world.organisation),
      escape_html(text));
}

std::string render_script(std::string_view url, std::uint64_t edition) {
  const auto base = mix(hash_text(url), edition);
  std::string code = fmt::format("/* build {:08x} */\n(function(w,d){{'use strict';var m={{}};\n",
                                 base & 0xffffffff);
  for (std::uint64_t i = 0; i < 24; ++i) {
    const auto draw = mix(base, i);
    code += fmt::format(
        "m.f{:x}=function(e){{var n={};return (e||[]).slice(0,n).map(function(x)"
        "{{return x+{}}})}};\n",
        draw & 0xffff,
        draw % 40,
        (draw >> 8) % 100);
  }
  return code +
         "w.addEventListener('load',function(){d.documentElement.classList.add('ready')});\n"
         "})(window,document);\n";
}

}  // namespace bw::rehearsal
