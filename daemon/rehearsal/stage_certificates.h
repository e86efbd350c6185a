// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "daemon/clock.h"
#include "probes/error.h"
#include "probes/exchange.h"

#include <openssl/ssl.h>
#include <openssl/x509.h>

#include <expected>
#include <map>
#include <memory>
#include <string>

namespace bw::rehearsal {

struct OpenSslDelete {
  void operator()(EVP_PKEY* key) const { EVP_PKEY_free(key); }
  void operator()(X509* certificate) const { X509_free(certificate); }
  void operator()(SSL_CTX* context) const { SSL_CTX_free(context); }
};
using KeyPtr = std::unique_ptr<EVP_PKEY, OpenSslDelete>;
using CertificatePtr = std::unique_ptr<X509, OpenSslDelete>;
using ContextPtr = std::unique_ptr<SSL_CTX, OpenSslDelete>;

// Real certificates for simulated chains: one root, an intermediate for each issuer name, leaves
// with the names, faults and remaining life of the simulated ones. Equal simulated keys are equal
// real keys. Lives are moved to the machine's time, because that is what a client's library checks.
class StageCertificates {
 public:
  static constexpr std::size_t kContextsMax = 512;  // then all are made anew

  // Writes the root to DIRECTORY/ca.pem.
  [[nodiscard]] static std::expected<StageCertificates, Error> create(const std::string& directory);
  [[nodiscard]] const std::string& ca_file() const { return ca_file_; }
  // A server context that shows this chain; null where OpenSSL refuses. Owned here; OpenSSL's own
  // count keeps it alive in connections that use it. `now` is the world's time.
  [[nodiscard]] SSL_CTX* context_for(const Chain& chain, Time now);

 private:
  struct Authority {
    KeyPtr key;
    CertificatePtr certificate;
  };
  StageCertificates() = default;
  EVP_PKEY* key_for(const std::string& identity);
  const Authority& intermediate_for(const std::string& issuer);

  std::string ca_file_;
  Authority root_;
  std::map<std::string, KeyPtr> keys_;            // by simulated key hash
  std::map<std::string, Authority> authorities_;  // by issuer
  std::map<std::string, ContextPtr> contexts_;    // by simulated fingerprint and chain length
};

}  // namespace bw::rehearsal
