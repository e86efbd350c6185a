// SPDX-License-Identifier: Apache-2.0
#include "daemon/web/markup.h"

#include "probes/text.h"

namespace bw {

std::string escape_html(std::string_view text, std::size_t bytes_max) {
  std::string safe;
  for (const char c : fold(text, bytes_max)) {
    switch (c) {
      case '&':
        safe += "&amp;";
        break;
      case '<':
        safe += "&lt;";
        break;
      case '>':
        safe += "&gt;";
        break;
      case '"':
        safe += "&quot;";
        break;
      case '\'':
        safe += "&#39;";
        break;
      default:
        safe += c;
    }
  }
  return safe;
}

}  // namespace bw
