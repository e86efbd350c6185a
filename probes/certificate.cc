// SPDX-License-Identifier: Apache-2.0
#include "probes/certificate.h"

#include "probes/memory.h"
#include "probes/text.h"

namespace bw {
namespace {

constexpr std::size_t kIssuerBytesMax = 300;
constexpr std::size_t kHexDigits = 64;
// RFC 1035 2.3.4 limits a name to 255; a certificate can claim anything.
constexpr std::size_t kNameBytesMax = 255;

FactChanges certificate_facts(const Chain& chain) {
  FactChanges facts;
  facts.set(Fact::tls_version, fold(chain.version, 20));
  if (chain.presented.empty()) return facts;
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
  return facts;
}

std::size_t bytes_of(const Certificate& leaf) {
  return leaf.subject.size() + leaf.issuer.size() + leaf.key_sha256.size() +
         leaf.fingerprint_sha256.size() + leaf.serial.size() + bytes_of_texts(leaf.names);
}

}  // namespace

void add_certificate_facts(const Chain& chain, Facts& facts) {
  facts.apply(certificate_facts(chain));
}

void add_certificate_facts(Look& look, const Chain& chain) {
  if (look.memory == nullptr || chain.presented.empty())
    return add_certificate_facts(chain, look.facts);
  const auto& leaf = chain.presented.front();
  auto& known = look.memory->certificates;
  const auto* found = known.find(
      [&](const Memory::Shown& key) { return key.leaf == leaf && key.version == chain.version; });
  if (found != nullptr) return look.facts.apply(**found);
  auto added = std::make_shared<const FactChanges>(certificate_facts(chain));
  look.facts.apply(*added);
  const auto bytes = sizeof(Memory::Shown) + bytes_of(leaf) + chain.version.size() + added->bytes();
  known.keep({.leaf = leaf, .version = chain.version}, std::move(added), bytes);
}

}  // namespace bw
