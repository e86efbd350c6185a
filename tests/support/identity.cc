// SPDX-License-Identifier: Apache-2.0
#include "tests/support/identity.h"

#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#include <atomic>
#include <cstdlib>

namespace bw::test {
namespace {

using Key = std::shared_ptr<EVP_PKEY>;
using Cert = std::shared_ptr<X509>;

void require(bool is_fine) {
  if (!is_fine) std::abort();
}

std::string text_of(BIO* bio) {
  char* bytes = nullptr;
  const long size = BIO_get_mem_data(bio, &bytes);
  std::string text(bytes, static_cast<std::size_t>(size));
  BIO_free(bio);
  return text;
}

BIO* bio_of(const std::string& text) {
  return BIO_new_mem_buf(text.data(), static_cast<int>(text.size()));
}

Key read_key(const std::string& pem) {
  BIO* bio = bio_of(pem);
  Key key(PEM_read_bio_PrivateKey(bio, nullptr, nullptr, nullptr), EVP_PKEY_free);
  BIO_free(bio);
  require(key != nullptr);
  return key;
}

Cert read_cert(const std::string& pem) {
  BIO* bio = bio_of(pem);
  Cert cert(PEM_read_bio_X509(bio, nullptr, nullptr, nullptr), X509_free);
  BIO_free(bio);
  require(cert != nullptr);
  return cert;
}

void add_extension(X509* cert, X509* issuer, int nid, const std::string& value) {
  X509V3_CTX context{};
  X509V3_set_ctx(&context, issuer, cert, nullptr, nullptr, 0);
  X509_EXTENSION* extension = X509V3_EXT_conf_nid(nullptr, &context, nid, value.c_str());
  require(extension != nullptr);
  X509_add_ext(cert, extension, -1);
  X509_EXTENSION_free(extension);
}

void set_part(X509_NAME* name, const char* field, const std::string& value) {
  if (value.empty()) return;
  X509_NAME_add_entry_by_txt(name,
                             field,
                             MBSTRING_UTF8,
                             reinterpret_cast<const unsigned char*>(value.data()),
                             static_cast<int>(value.size()),
                             -1,
                             0);
}

std::string alt_names(const IdentityWish& wish) {
  std::string text;
  const auto add = [&text](const char* kind, const std::string& value) {
    text += (text.empty() ? "" : ",") + std::string(kind) + ":" + value;
  };
  for (const auto& name : wish.dns_names)
    add("DNS", name);
  for (const auto& address : wish.addresses)
    add("IP", address);
  return text;
}

void add_extensions(X509* cert, X509* issuer, const IdentityWish& wish) {
  add_extension(
      cert, issuer, NID_basic_constraints, wish.is_authority ? "critical,CA:TRUE" : "CA:FALSE");
  add_extension(cert, issuer, NID_subject_key_identifier, "hash");
  if (const std::string names = alt_names(wish); !names.empty()) {
    add_extension(cert, issuer, NID_subject_alt_name, names);
  }
  if (!wish.issuer_url.empty()) {
    add_extension(cert, issuer, NID_info_access, "caIssuers;URI:" + wish.issuer_url);
  }
}

}  // namespace

Identity make_identity(const IdentityWish& wish, const Identity* issuer) {
  static std::atomic<long> next_serial = 1;
  const Key key(EVP_EC_gen("P-256"), EVP_PKEY_free);
  const Cert cert(X509_new(), X509_free);
  X509_set_version(cert.get(), X509_VERSION_3);
  ASN1_INTEGER_set(X509_get_serialNumber(cert.get()), next_serial++);
  X509_gmtime_adj(X509_getm_notBefore(cert.get()), wish.valid_from.count());
  X509_gmtime_adj(X509_getm_notAfter(cert.get()), wish.valid_until.count());
  X509_set_pubkey(cert.get(), key.get());
  set_part(X509_get_subject_name(cert.get()), "O", wish.organisation);
  set_part(X509_get_subject_name(cert.get()), "CN", wish.name);
  const Cert signer = issuer != nullptr ? read_cert(issuer->certificate_pem) : cert;
  const Key signing = issuer != nullptr ? read_key(issuer->key_pem) : key;
  X509_set_issuer_name(cert.get(), X509_get_subject_name(signer.get()));
  add_extensions(cert.get(), signer.get(), wish);
  require(X509_sign(cert.get(), signing.get(), EVP_sha256()) > 0);
  Identity identity;
  BIO* key_bio = BIO_new(BIO_s_mem());
  PEM_write_bio_PrivateKey(key_bio, key.get(), nullptr, nullptr, 0, nullptr, nullptr);
  identity.key_pem = text_of(key_bio);
  BIO* cert_bio = BIO_new(BIO_s_mem());
  PEM_write_bio_X509(cert_bio, cert.get());
  identity.certificate_pem = text_of(cert_bio);
  return identity;
}

std::shared_ptr<void> make_server_context(const Identity& identity) {
  std::shared_ptr<SSL_CTX> context(SSL_CTX_new(TLS_server_method()), SSL_CTX_free);
  require(SSL_CTX_use_PrivateKey(context.get(), read_key(identity.key_pem).get()) == 1);
  require(SSL_CTX_use_certificate(context.get(), read_cert(identity.certificate_pem).get()) == 1);
  SSL_CTX_set_mode(context.get(), SSL_MODE_AUTO_RETRY);
  for (const auto& pem : identity.chain_pem) {
    require(SSL_CTX_add1_chain_cert(context.get(), read_cert(pem).get()) == 1);
  }
  return context;
}

}  // namespace bw::test
