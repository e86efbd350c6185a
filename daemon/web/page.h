// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

// The pages' markup: whole documents, style and script inside, nothing fetched from elsewhere. The
// status page itself is `render_status_page` in server.h.
namespace bw {

// At most this many targets are shown, those in trouble first; the API has all.
inline constexpr std::size_t kTargetsShown = 300;

[[nodiscard]] std::string render_error_page(std::string_view sentence);
// The Content-Security-Policy under which the pages work: their own style and script, by hash, and
// nothing else (W3C CSP Level 3).
[[nodiscard]] const std::string& page_security_policy();

}  // namespace bw
