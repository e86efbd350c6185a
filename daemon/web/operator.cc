// SPDX-License-Identifier: Apache-2.0
#include "daemon/web/operator.h"

#include "probes/text.h"

#include <algorithm>
#include <array>
#include <initializer_list>
#include <nlohmann/json.hpp>

namespace bw {
namespace {

using Json = nlohmann::json;
constexpr std::array<std::string_view, 4> kKinds{"maintenance", "change", "sale", "incident"};
constexpr std::size_t kFunctionsMax = 256;

std::unexpected<Error> bad(std::string what, std::string hint = {}) {
  return std::unexpected(Error{.what = std::move(what), .where = {}, .hint = std::move(hint)});
}

std::expected<Json, Error> parse_object(std::string_view body,
                                        std::initializer_list<std::string_view> keys) {
  Json object = Json::parse(body, nullptr, false);
  if (!object.is_object()) return bad("expected a JSON object");
  for (const auto& [key, value] : object.items()) {
    if (std::ranges::find(keys, std::string_view(key)) == keys.end()) {
      std::string known;
      for (const auto each : keys)
        known += (known.empty() ? "" : ", ") + std::string(each);
      return bad("unknown key \"" + fold(key, 40) + "\"", "known keys: " + known);
    }
  }
  return object;
}

// The text at `key`; empty where it is missing.
std::expected<std::string, Error> read_text(const Json& object,
                                            const std::string& key,
                                            std::size_t bytes_max) {
  const auto at = object.find(key);
  if (at == object.end()) return std::string();
  const auto* text = at->get_ptr<const std::string*>();
  if (text == nullptr) return bad("\"" + key + "\" is not a text");
  if (text->size() > bytes_max) {
    return bad("\"" + key + "\" is longer than " + std::to_string(bytes_max) + " bytes");
  }
  return fold(*text, bytes_max);
}

std::expected<Time, Error> read_time(const Json& object, const std::string& key) {
  const auto text = read_text(object, key, 64);
  if (!text) return std::unexpected(text.error());
  const auto time = parse_time(*text);
  if (!time) return bad("\"" + key + "\" is not a time", "write \"2025-04-19T10:00:00Z\"");
  return *time;
}

std::expected<std::vector<std::string>, Error> read_functions(const Json& object,
                                                              const Snapshot& snapshot) {
  std::vector<std::string> ids;
  const auto at = object.find("functions");
  if (at == object.end()) return ids;
  if (!at->is_array() || at->size() > kFunctionsMax) {
    return bad("\"functions\" is not a list of function ids");
  }
  for (const auto& each : *at) {
    const auto* id = each.get_ptr<const std::string*>();
    if (id == nullptr) return bad("\"functions\" is not a list of function ids");
    if (std::ranges::find(snapshot.functions, *id, &Snapshot::Function::id) ==
        snapshot.functions.end()) {
      return bad("no function \"" + fold(*id, 80) + "\"", "/api/v1/functions lists them");
    }
    ids.push_back(*id);
  }
  return ids;
}

}  // namespace

std::expected<OperatorWords, Error> parse_operator_words(std::string_view body) {
  if (body.empty()) return OperatorWords{};
  const auto object = parse_object(body, {"who", "text"});
  if (!object) return std::unexpected(object.error());
  auto who = read_text(*object, "who", kWhoBytesMax);
  if (!who) return std::unexpected(who.error());
  auto text = read_text(*object, "text", kTextBytesMax);
  if (!text) return std::unexpected(text.error());
  return OperatorWords{.who = std::move(*who), .text = std::move(*text)};
}

std::expected<Announcement, Error> parse_announcement(std::string_view body,
                                                      const Snapshot& snapshot) {
  const auto object = parse_object(body, {"kind", "text", "from", "to", "functions"});
  if (!object) return std::unexpected(object.error());
  auto kind = read_text(*object, "kind", 40);
  if (!kind) return std::unexpected(kind.error());
  if (std::ranges::find(kKinds, *kind) == kKinds.end()) {
    return bad("\"kind\" is none of maintenance, change, sale, incident");
  }
  auto text = read_text(*object, "text", kTextBytesMax);
  if (!text) return std::unexpected(text.error());
  if (text->empty()) return bad("\"text\" is missing", "say what is planned, in a sentence");
  const auto from = read_time(*object, "from");
  if (!from) return std::unexpected(from.error());
  const auto to = read_time(*object, "to");
  if (!to) return std::unexpected(to.error());
  if (*to <= *from) return bad(R"("to" is not after "from")");
  auto functions = read_functions(*object, snapshot);
  if (!functions) return std::unexpected(functions.error());
  return Announcement{.at = {},
                      .kind = std::move(*kind),
                      .text = std::move(*text),
                      .from = *from,
                      .to = *to,
                      .functions = std::move(*functions)};
}

}  // namespace bw
