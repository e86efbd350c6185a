// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "probes/http_reading.h"
#include "probes/probe.h"

#include <memory>
#include <optional>
#include <string>
#include <string_view>

// What the probe kinds that speak HTTP share: asking, following redirects, keeping cookies within a
// look, and the facts that any reply yields.
namespace bw {

struct Request {
  std::string method = "GET";
  std::string url;
  std::string body;
  std::string content_type;
};
inline constexpr std::string_view kAcceptPages = "text/html,application/xhtml+xml,*/*;q=0.5";
inline constexpr std::string_view kAcceptJson = "application/json,*/*;q=0.5";

// The ask for a request, which also becomes the look's one under way. The target's own headers go
// to the target's own site only: a redirect must not carry them off. Cookies go where they are
// from.
[[nodiscard]] Ask ask_http(const Spec& spec, Look& look, Request request);

// Takes a reply in: facts, cookies, redirects. Yields the next hop, or the finding for an exchange
// that failed or redirects that never end; nothing when the reply is there to be read.
[[nodiscard]] std::optional<Step> follow(const Spec& spec,
                                         Look& look,
                                         const Reply& reply,
                                         Time now);

// A reply that `follow` left to be read. The readings may be shared with other looks.
struct Answer {
  const HttpReply& http;
  std::shared_ptr<const Url> address;
  std::shared_ptr<const HeadReading> head;
  std::shared_ptr<const BodyReading> content;
  bool status_is_expected = false;
  const Url& url = *address;
  const EdgeReading& edge = head->edge;
  const Body& body = content->body;
};
// Reads it and adds its facts to the look's.
[[nodiscard]] Answer read_answer(const Spec& spec, Look& look, const Reply& reply, Time now);

// What such an answer means when it is not the healthy one: challenge, status, withdrawal, content;
// ok when nothing is wrong with it. JSON expectations are the api kind's.
[[nodiscard]] Outcome judge_answer(const Spec& spec, const Answer& answer);

// The finding of a look that is over, whose facts it takes. `why` is for people; it is not shown
// for ok.
[[nodiscard]] Finding finish(
    const Spec& spec, Look& look, const Answer& answer, Outcome outcome, std::string why = {});
// "503 Service Unavailable by way of edgeworks (x-served-by: edgeworks-lon); says \"Please bear\"".
[[nodiscard]] std::string describe(const Spec& spec, const Answer& answer, Outcome outcome);

// Seconds of a Retry-After header (RFC 9110 section 10.2.3: seconds or an IMF-fixdate).
[[nodiscard]] std::optional<Seconds> parse_retry_after(std::string_view value, Time now);

// Takes a secret out of a text that may echo it. Secrets of fewer than four bytes stay: they would
// take half the text along.
[[nodiscard]] std::string without_secret(std::string text, std::string_view secret);
// The same for all that a finding says, of all of them, and as they stand in an address.
[[nodiscard]] Finding without_secrets(Finding finding, const std::vector<std::string>& secrets);

}  // namespace bw
