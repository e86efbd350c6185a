// SPDX-License-Identifier: Apache-2.0
#include "probes/catalog.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string_view>

// A whole reply: the first line is "status header: value", the rest the body.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto line = text.substr(0, text.find('\n'));
  const auto header = line.substr(std::min<std::size_t>(4, line.size()));
  bw::Reply reply;
  auto& http = reply.http.emplace();
  http.status = size < 2 ? 200 : 200 + (data[0] % 4) * 100 + data[1] % 30;
  const auto colon = std::min(header.find(": "), header.size());
  http.headers.push_back({std::string(header.substr(0, colon)),
                          std::string(header.substr(std::min(colon + 2, header.size())))});
  http.body = text.substr(std::min(line.size() + 1, text.size()));
  bw::Spec spec;
  spec.url = "https://shop.example/";
  spec.expect_text = "Add to bag";
  for (const auto* kind :
       {&bw::kinds::page, &bw::kinds::api, &bw::kinds::login, &bw::kinds::scripts}) {
    spec.kind = kind->name;
    bw::Look look;
    (void)kind->begin(spec, look);
    (void)kind->read(spec, look, reply, bw::Time{});
  }
  return 0;
}
