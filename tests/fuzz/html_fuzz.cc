// SPDX-License-Identifier: Apache-2.0
#include "probes/html.h"
#include "probes/script.h"

#include <cstddef>
#include <cstdint>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto page = bw::read_html(text, bw::parse_url("https://shop.example/a/").value());
  for (const auto& script : page.scripts)
    (void)bw::read_script(script.text);
  (void)bw::script_hash(text);
  (void)bw::text_fingerprint(page.text);
  return 0;
}
