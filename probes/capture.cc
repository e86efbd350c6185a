// SPDX-License-Identifier: Apache-2.0
#include "probes/capture.h"

#include "probes/text.h"

#include <algorithm>
#include <optional>

namespace bw {
namespace {

std::optional<std::string> field_value(const Body& body, const std::string& name) {
  if (!body.page) return std::nullopt;
  for (const auto& form : body.page->forms) {
    const auto field = std::ranges::find(form.fields, name, &FormField::name);
    if (field != form.fields.end()) return field->value;
  }
  return std::nullopt;
}

std::optional<std::string> json_value(const Body& body, const std::string& path) {
  const auto* leaf = body.json ? body.json->find(path) : nullptr;
  if (leaf == nullptr || leaf->kind == JsonLeaf::Kind::null) return std::nullopt;
  return leaf->value;
}

std::optional<std::string> header_value(const HttpReply& http, const std::string& name) {
  const auto found = std::ranges::find_if(
      http.headers, [&name](const Header& header) { return is_same_name(header.name, name); });
  if (found == http.headers.end()) return std::nullopt;
  return found->value;
}

// One byte more than is allowed is looked at: a body is searched once, however often it begins.
std::optional<std::string> value_between(std::string_view text, const Capture& place) {
  const auto begin = text.find(place.what);
  if (begin == std::string_view::npos) return std::nullopt;
  const auto rest = text.substr(begin + place.what.size());
  const auto window = rest.substr(0, kCapturedBytesMax + 1 + place.end.size());
  const auto end = window.find(place.end);
  if (end == std::string_view::npos && window.size() == rest.size()) return std::nullopt;
  return std::string(window.substr(0, end));
}

std::optional<std::string> value_at(const Capture& place, const HttpReply& http, const Body& body) {
  switch (place.from) {
    case Capture::From::field:
      return field_value(body, place.what);
    case Capture::From::json:
      return json_value(body, place.what);
    case Capture::From::header:
      return header_value(http, place.what);
    case Capture::From::between:
      return value_between(http.body, place);
  }
  return std::nullopt;
}

std::string print_place(const Capture& place) {
  const auto quoted = [](std::string_view text) { return "\"" + fold(text, 60) + "\""; };
  switch (place.from) {
    case Capture::From::field:
      return "form field " + quoted(place.what);
    case Capture::From::json:
      return "value of " + quoted(place.what) + " in JSON";
    case Capture::From::header:
      return "header " + quoted(place.what);
    case Capture::From::between:
      return "text between " + quoted(place.what) + " and " + quoted(place.end);
  }
  return {};
}

bool has_control(std::string_view text) {
  return std::ranges::any_of(text, [](char c) {
    const auto byte = static_cast<unsigned char>(c);
    return byte < 0x20 || byte == 0x7f;
  });
}

}  // namespace

std::expected<std::string, CaptureTrouble> capture(const Capture& place,
                                                   const HttpReply& http,
                                                   const Body& body) {
  const bool is_json = place.from == Capture::From::json;
  const auto amiss = [&](const std::string& why) {
    return std::unexpected(CaptureTrouble{
        .outcome = is_json ? Outcome::json_mismatch : Outcome::content_missing, .why = why});
  };
  if (is_json && !body.json) return amiss("not JSON, which holds " + place.name);
  auto value = value_at(place, http, body);
  if (!value) return amiss("without the " + print_place(place) + ", which is " + place.name);
  if (value->empty()) return amiss("the " + print_place(place) + " is empty");
  if (value->size() > kCapturedBytesMax)
    return amiss("the " + print_place(place) + " is longer than 1 KiB");
  if (has_control(*value)) return amiss("the " + print_place(place) + " holds control characters");
  return *std::move(value);
}

}  // namespace bw
