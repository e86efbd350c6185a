// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "probes/time.h"

#include <memory>
#include <string>
#include <vector>

namespace bw::test {

// A key and its certificate, with the certificates that a server presents after it.
struct Identity {
  std::string key_pem;
  std::string certificate_pem;
  std::vector<std::string> chain_pem;  // issuers to present, nearest first
};

struct IdentityWish {
  std::string organisation = "Shop Ltd";
  std::string name = "www.shop.example";  // common name
  std::vector<std::string> dns_names;
  std::vector<std::string> addresses;
  bool is_authority = false;
  Seconds valid_from{-3600};  // from now
  Seconds valid_until{86'400};
  std::string issuer_url;  // authority information access: where to fetch the issuer
};

// Signed by `issuer`, or by itself where there is none. EC P-256. Presents no chain; append to it.
[[nodiscard]] Identity make_identity(const IdentityWish& wish, const Identity* issuer = nullptr);

// An SSL_CTX for a server that presents it.
[[nodiscard]] std::shared_ptr<void> make_server_context(const Identity& identity);

}  // namespace bw::test
