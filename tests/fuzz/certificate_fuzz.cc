// SPDX-License-Identifier: Apache-2.0
#include "daemon/net/certificate.h"

#include <openssl/x509.h>

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <memory>

namespace {

struct FreeCertificate {
  void operator()(X509* certificate) const { X509_free(certificate); }
};

}  // namespace

// What a server may present as its certificate.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const unsigned char* at = data;
  const std::unique_ptr<X509, FreeCertificate> parsed(
      d2i_X509(nullptr, &at, static_cast<long>(size)));
  if (!parsed) return 0;
  const bw::Certificate read = bw::net::read_certificate(*parsed);
  for (const char c : read.subject + read.issuer) {
    if (c >= 0 && c < 0x20) std::abort();
  }
  return 0;
}
