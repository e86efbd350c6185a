// SPDX-License-Identifier: Apache-2.0
#include "probes/capture.h"
#include "probes/catalog.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

namespace {

bw::Spec journey() {
  bw::Spec spec;
  spec.kind = "journey";
  spec.secrets = {{"pin", "4711"}};
  const std::vector<bw::Capture> places{
      {.name = "field", .from = bw::Capture::From::field, .what = "csrf", .end = {}},
      {.name = "json", .from = bw::Capture::From::json, .what = "id", .end = {}},
      {.name = "header", .from = bw::Capture::From::header, .what = "X-Token", .end = {}},
      {.name = "between", .from = bw::Capture::From::between, .what = "<i>", .end = "</i>"}};
  for (const auto& place : places) {
    bw::JourneyStep step;
    step.name = place.name;
    step.request.url = "https://shop.example/" + place.name + "?v={" + place.name + "}";
    step.request.method = "POST";
    step.request.headers = {{.name = "X-Value", .value = "{" + place.name + "}{pin}"}};
    step.form = {{"value", "{" + place.name + "}"}};
    // Twice: a step that has it, and one that asks with it.
    spec.steps.push_back(step);
    spec.steps.back().captures = {place};
    step.name += "-again";
    spec.steps.push_back(step);
  }
  return spec;
}

void check(const bw::Ask& ask) {
  const auto& http = std::get<bw::HttpAsk>(ask.what);
  for (const auto& header : http.headers) {
    if (header.value.find_first_of("\r\n\0", 0, 3) != std::string::npos) std::abort();
  }
  const auto url = bw::parse_url(http.url);
  if (!url || url->scheme.empty() || ask.deadline <= bw::Millis{0}) std::abort();
}

}  // namespace

// One reply for every exchange: the first line is a header, the rest the body. It is walked from
// each of the steps, as most replies do not get past the first.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto line = text.substr(0, text.find('\n'));
  const auto colon = std::min(line.find(": "), line.size());
  bw::Reply reply;
  reply.http.emplace();
  reply.http->status = line.starts_with("Location") ? 302 : 200;
  reply.http->headers.push_back(
      {.name = std::string(line.substr(0, colon)),
       .value = std::string(line.substr(std::min(colon + 2, line.size())))});
  reply.http->body = text.substr(std::min(line.size() + 1, text.size()));
  auto spec = journey();
  for (; !spec.steps.empty(); spec.steps.erase(spec.steps.begin(), spec.steps.begin() + 2)) {
    bw::Look look;
    bw::Step step = bw::kinds::journey.begin(spec, look);
    for (int asks = 0; std::holds_alternative<bw::Ask>(step); ++asks) {
      if (asks == 64) std::abort();
      check(std::get<bw::Ask>(step));
      step = bw::kinds::journey.read(spec, look, reply, bw::Time{});
    }
    for (const auto& [name, value] : look.captured) {
      if (value.empty() || value.size() > bw::kCapturedBytesMax) std::abort();
    }
    if (std::get<bw::Finding>(step).note.size() > 300) std::abort();
  }
  return 0;
}
