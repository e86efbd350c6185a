// SPDX-License-Identifier: Apache-2.0
#include "probes/certificate.h"

#include "probes/text.h"

namespace bw {
namespace {

constexpr std::size_t kIssuerBytesMax = 300;
constexpr std::size_t kHexDigits = 64;
// RFC 1035 2.3.4 limits a name to 255; a certificate can claim anything.
constexpr std::size_t kNameBytesMax = 255;

}  // namespace

void add_certificate_facts(const Chain& chain, Facts& facts) {
  facts.set(Fact::tls_version, fold(chain.version, 20));
  if (chain.presented.empty()) return;
  const Certificate& leaf = chain.presented.front();
  facts.set(Fact::cert_issuer, fold(leaf.issuer, kIssuerBytesMax));
  facts.set(Fact::cert_key, token(leaf.key_sha256, kHexDigits));
  facts.set(Fact::cert_fingerprint, token(leaf.fingerprint_sha256, kHexDigits));
  facts.set(Fact::cert_not_before, print_time(leaf.not_before));
  facts.set(Fact::cert_not_after, print_time(leaf.not_after));
  std::vector<std::string> names;
  names.reserve(leaf.names.size());
  for (const auto& name : leaf.names)
    names.push_back(token(lower(name), kNameBytesMax));
  facts.set_members(Fact::cert_names, std::move(names));
}

}  // namespace bw
