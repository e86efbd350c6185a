// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "probes/html.h"
#include "probes/http_look.h"
#include "probes/probe.h"

#include <expected>
#include <string>
#include <string_view>

namespace bw {

// The request that a browser would send for the page's sign-in form, filled in: hidden fields as
// they came, name and password as given. The error says why there is none that may be sent: no form
// with a password field, one that would put the password into an address, or one that would carry
// it to an origin that is neither the target's own site nor in Spec::credential_origins.
struct FormTrouble {
  Outcome outcome = Outcome::content_missing;
  std::string why;
};
[[nodiscard]] std::expected<Request, FormTrouble> fill_login_form(const Spec& spec,
                                                                  const Page& page,
                                                                  const Url& url,
                                                                  std::string_view password);
// {"username": ..., "password": ...} with the target's own field names.
[[nodiscard]] Request json_login(const Spec& spec, std::string_view password);

}  // namespace bw
