// SPDX-License-Identifier: Apache-2.0
#include "daemon/notify/trial.h"

#include "daemon/notify/service.h"
#include "probes/text.h"

#include <fmt/format.h>

#include <algorithm>

namespace bw {
namespace {

constexpr std::string_view kHidden = "(hidden)";
// What is shorter is no secret, and would make holes everywhere.
constexpr std::size_t kSecretBytesMin = 6;

void hide(std::string& text, std::string_view secret) {
  if (secret.size() < kSecretBytesMin) return;
  for (std::size_t at = 0; (at = text.find(secret, at)) != std::string::npos;
       at += kHidden.size()) {
    text.replace(at, secret.size(), kHidden);
  }
}

// "https://hooks.slack.com" of "https://hooks.slack.com/services/T0/B0/x".
std::string_view origin_of(std::string_view url) {
  const auto scheme = url.find("://");
  if (scheme == std::string_view::npos) return {};
  return url.substr(0, url.find_first_of("/?#", scheme + 3));
}

// Each of the secrets that stand in one text, with spaces between them.
std::vector<std::string_view> words_of(std::string_view text) {
  std::vector<std::string_view> words;
  while (!(text = trim(text)).empty()) {
    const auto end = std::min(text.find(' '), text.size());
    words.push_back(text.substr(0, end));
    text.remove_prefix(end);
  }
  return words;
}

std::string advice_on_status(int status) {
  if (status >= 300 && status < 400) {
    return "the address leads elsewhere, and redirects are not followed: give the one it leads to, "
           "if you trust it";
  }
  if (status == 401 || status == 403) {
    return "its address or key is not accepted any more, or lacks a permission: make a new one";
  }
  if (status == 404 || status == 410) {
    return "what it names is not there any more, or never was: make a new one and compare it "
           "letter "
           "by letter";
  }
  if (status == 429) return "too much was sent there lately: wait, then try again";
  if (status >= 500) return "the service itself is in trouble: try again later";
  if (status >= 200 && status < 300) {
    return "somebody answered, but not in the service's words: is a proxy or a sign-in page "
           "between, "
           "or the address another one's?";
  }
  return {};
}

std::string advice_on_failure(Outcome failure) {
  switch (phase_of(failure)) {
    case Phase::dns:
      return "its name cannot be resolved: is it spelt rightly, and does this machine reach its "
             "name servers?";
    case Phase::connect:
      return "nothing answers there: do the port and the firewall on the way out allow it?";
    case Phase::tls:
      return "its certificate is not trusted here: if a CA of your own made it, name that in "
             "ca_file; if not, somebody may stand in between";
    case Phase::reply:
    case Phase::content:
      return "it was reached but did not answer in time or in HTTP: try again, and see whether it "
             "is "
             "the service that stands there";
    case Phase::none:
    case Phase::monitor:
      return {};
  }
  return {};
}

}  // namespace

std::string hide_secrets(const Destination& destination,
                         const Notifier& notifier,
                         std::string text) {
  for (const auto secret : words_of(destination.secret))
    hide(text, secret);
  if (!destination.secret.empty()) hide(text, encode_base64(destination.secret));
  if (notifier.is_address_public) return text;
  const auto origin = origin_of(destination.url);
  hide(text, std::string_view(destination.url).substr(origin.size()));
  return text;
}

ShownAsk show_ask(const Destination& destination, const Notifier& notifier, const HttpAsk& ask) {
  ShownAsk shown{.method = ask.method,
                 .url = ask.url,
                 .headers = ask.headers,
                 .body = hide_secrets(destination, notifier, ask.body),
                 .body_bytes = ask.body.size()};
  if (notifier.is_address_public) {
    shown.url = hide_secrets(destination, notifier, ask.url);
  } else {
    // A notifier may have added to the address, so that it is no longer found as it was given.
    shown.url = fmt::format("{}/{}", origin_of(ask.url), kHidden);
  }
  for (auto& header : shown.headers) {
    if (lower(header.name) == "authorization") {
      const auto space = header.value.find(' ');
      const auto scheme = space == std::string::npos ? "" : header.value.substr(0, space + 1);
      header.value = scheme + std::string(kHidden);
    } else {
      header.value = hide_secrets(destination, notifier, std::move(header.value));
    }
  }
  return shown;
}

std::string advice_on(const Reply& reply, const Delivery& result) {
  if (std::holds_alternative<Delivered>(result)) return {};
  if (reply.failure != Outcome::ok || !reply.http) return advice_on_failure(reply.failure);
  return advice_on_status(reply.http->status);
}

}  // namespace bw
