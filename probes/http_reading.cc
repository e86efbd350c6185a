// SPDX-License-Identifier: Apache-2.0
#include "probes/http_reading.h"

#include "probes/memory.h"
#include "probes/text.h"

#include <array>

namespace bw {
namespace {

void add_security_headers(const HttpReply& http, FactChanges& facts) {
  constexpr auto kNames = std::to_array<std::string_view>({"content-security-policy",
                                                           "content-security-policy-report-only",
                                                           "cross-origin-embedder-policy",
                                                           "cross-origin-opener-policy",
                                                           "cross-origin-resource-policy",
                                                           "permissions-policy",
                                                           "referrer-policy",
                                                           "strict-transport-security",
                                                           "x-content-type-options",
                                                           "x-frame-options"});
  std::vector<std::string> present;
  for (const auto name : kNames) {
    if (!find_header(http.headers, name).empty()) present.emplace_back(name);
  }
  facts.set_members(Fact::security_headers, std::move(present));
  // A nonce is new with every reply.
  auto policy = fold(find_header(http.headers, "content-security-policy"), kFactBytesMax);
  for (auto at = policy.find("'nonce-"); at != std::string::npos;
       at = policy.find("'nonce-", at + 1)) {
    const auto end = std::min(policy.find('\'', at + 7), policy.size());
    policy.replace(at + 7, end - at - 7, 1, '*');
  }
  facts.set(Fact::csp, policy);
}

HeadReading read_new_head(const HttpReply& http, Micros wait, Time now) {
  HeadReading head{.edge = read_edge(http, wait, now), .facts = {}};
  head.facts.set(Fact::status, std::to_string(http.status));
  head.facts.set(Fact::edge, token(head.edge.edge, 40));
  head.facts.set(Fact::party_why, head.edge.why);
  head.facts.set(Fact::challenge, head.edge.challenge);
  add_security_headers(http, head.facts);
  return head;
}

bool is_same_head(const Memory::HeadKey& key, const HttpReply& http) {
  auto known = key.headers.begin();
  for (const auto& header : http.headers) {
    if (!is_steady(header)) continue;
    if (known == key.headers.end() || known->name != header.name ||
        known->value != steady_value(header)) {
      return false;
    }
    ++known;
  }
  return known == key.headers.end();
}

}  // namespace

std::shared_ptr<const HeadReading> read_head(
    const Look& look, const HttpReply& http, Micros wait, std::uint64_t body, Time now) {
  if (body != 0) {
    const auto* known = look.memory->heads.find([&](const Memory::HeadKey& key) {
      return key.body == body && key.status == http.status && is_same_head(key, http);
    });
    if (known != nullptr) return *known;
  }
  auto head = std::make_shared<const HeadReading>(read_new_head(http, wait, now));
  if (body == 0 || head->edge.is_momentary) return head;
  Memory::HeadKey key{.status = http.status, .headers = {}, .body = body};
  auto bytes = sizeof(key) + sizeof(*head) + head->facts.bytes();
  for (const auto& header : http.headers) {
    if (!is_steady(header)) continue;
    key.headers.push_back({.name = header.name, .value = std::string(steady_value(header))});
    bytes += sizeof(header) + header.name.size() + key.headers.back().value.size();
  }
  look.memory->heads.keep(std::move(key), head, bytes);
  return head;
}

std::shared_ptr<const BodyReading> read_content(const Spec& spec,
                                                const Look& look,
                                                const HttpReply& http,
                                                const BodyCircumstances& at) {
  const auto is_same = [&](const Memory::ContentKey& key) {
    return key.body == at.body && key.url == look.url && key.expect_text == spec.expect_text &&
           key.reject_text == spec.reject_text && key.status_is_expected == at.status_is_expected &&
           key.is_error_page == at.edge.is_error_page && key.is_queue == at.edge.is_queue &&
           key.is_challenge == at.edge.is_challenge;
  };
  if (at.body != 0) {
    if (const auto* known = look.memory->contents.find(is_same)) return *known;
  }
  BodyReading reading;
  const auto url = look.here ? *look.here : Url{};
  reading.body = read_body(spec, http, url, at.edge, at.status_is_expected);
  reading.facts = body_facts(reading.body, url);
  auto content = std::make_shared<const BodyReading>(std::move(reading));
  if (at.body == 0) return content;
  const auto bytes = bytes_of(content->body) + content->facts.bytes();
  look.memory->contents.keep({.body = at.body,
                              .url = look.url,
                              .expect_text = spec.expect_text,
                              .reject_text = spec.reject_text,
                              .status_is_expected = at.status_is_expected,
                              .is_error_page = at.edge.is_error_page,
                              .is_queue = at.edge.is_queue,
                              .is_challenge = at.edge.is_challenge},
                             content,
                             bytes);
  return content;
}

}  // namespace bw
