// SPDX-License-Identifier: Apache-2.0
#include "probes/feed_document.h"

#include "probes/encoding.h"
#include "probes/feed_json.h"
#include "probes/feed_xml.h"
#include "probes/text.h"

#include <algorithm>
#include <array>

namespace bw {
namespace {

constexpr std::array kJsonFeeds = std::to_array<const JsonFeed*>({
#define X(name) &feeds::name,
    BW_JSON_FEEDS(X)
#undef X
});

constexpr std::string_view kAzure = "azure-rss";

bool is_xml_format(std::string_view format) {
  return format == "rss" || format == "atom" || format == kAzure;
}

bool is_web_page(std::string_view text) {
  const std::string head = lower(text.substr(0, 200));
  return head.starts_with("<!doctype html") || head.starts_with("<html") ||
         (head.starts_with("<!--") && head.contains("<html"));
}

const JsonFeed* reader_for(std::string_view format, const nlohmann::json& document) {
  const auto* const at = std::ranges::find_if(kJsonFeeds, [&](const JsonFeed* feed) {
    return format.empty() ? feed->recognises(document) : feed->name == format;
  });
  return at == kJsonFeeds.end() ? nullptr : *at;
}

FeedResult read_json(std::string_view text, std::string_view format, const FeedScope& scope) {
  const auto document = parse_json_feed(text);
  if (!document) return std::unexpected("JSON that ends or breaks before its end");
  const JsonFeed* const reader = reader_for(format, *document);
  if (reader == nullptr) return std::unexpected("JSON of no format that is known");
  return reader->read(*document, scope);
}

FeedResult read_xml(std::string_view text, std::string_view format, const FeedScope& scope) {
  auto reading = read_xml_feed(text, scope);
  const bool is_azure = format == kAzure || (format.empty() && reading && is_azure_feed(*reading));
  if (reading && is_azure) read_as_azure(*reading, scope);
  return reading;
}

}  // namespace

FeedResult read_feed(std::string_view bytes,
                     std::string_view content_type,
                     std::string_view format,
                     const FeedScope& scope) {
  const std::string document = to_utf8(bytes, content_type);
  const std::string_view text = trim(document);
  if (text.empty()) return std::unexpected("nothing");
  if (is_web_page(text)) return std::unexpected("a web page");
  const bool is_json = text.front() == '{' || text.front() == '[';
  if (!is_json && text.front() != '<') return std::unexpected("neither JSON nor XML");
  if (!format.empty() && is_json == is_xml_format(format)) {
    return std::unexpected(is_json ? "JSON" : "XML");
  }
  // A body that is said to be a web page is none of the feed's even where it happens to parse.
  if (is_json && lower(content_type).starts_with("text/html")) {
    return std::unexpected("JSON under the name of a web page");
  }
  return is_json ? read_json(text, format, scope) : read_xml(text, format, scope);
}

bool is_feed_format(std::string_view format) {
  return is_xml_format(format) ||
         std::ranges::find(kJsonFeeds, format, &JsonFeed::name) != kJsonFeeds.end();
}

}  // namespace bw
