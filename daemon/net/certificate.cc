// SPDX-License-Identifier: Apache-2.0
#include "daemon/net/certificate.h"

#include <openssl/evp.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include <algorithm>
#include <array>
#include <ctime>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace bw::net {
namespace {

constexpr std::size_t kNameBytesMax = 200;
constexpr int kNamesMax = 1000;
constexpr std::size_t kDnsNameBytesMax = 253;
constexpr unsigned kUtf8 = 0x100;
constexpr unsigned kAscii = 0x7f;

template <auto free_it>
struct Free {
  template <class T>
  void operator()(T* value) const {
    free_it(value);
  }
};
void free_bytes(unsigned char* bytes) {
  OPENSSL_free(bytes);
}
using Bytes = std::unique_ptr<unsigned char, Free<free_bytes>>;
using AltNames = std::unique_ptr<GENERAL_NAMES, Free<GENERAL_NAMES_free>>;

std::string print_hex(std::span<const unsigned char> bytes) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::string text;
  text.reserve(bytes.size() * 2);
  for (const unsigned char byte : bytes) {
    text += kDigits[byte >> 4U];
    text += kDigits[byte & 0xfU];
  }
  return text;
}

std::string sha256(std::span<const unsigned char> bytes) {
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
  unsigned size = 0;
  EVP_Digest(bytes.data(), bytes.size(), digest.data(), &size, EVP_sha256(), nullptr);
  return print_hex(std::span(digest).first(size));
}

// `escaped_from`: bytes from here on are escaped too.
void put_printable(std::string& out,
                   std::span<const unsigned char> text,
                   std::size_t bytes_max,
                   unsigned escaped_from) {
  for (const unsigned char c : text) {
    if (out.size() >= bytes_max) return;
    if (c < 0x20 || c == 0x7f || c >= escaped_from) {
      out += "\\x" + print_hex(std::span(&c, 1));
    } else {
      out += static_cast<char>(c);
    }
  }
}

// A cut may have split the last character.
void drop_partial_character(std::string& text) {
  std::size_t begin = text.size();
  while (begin > 0 && (static_cast<unsigned char>(text[begin - 1]) & 0xc0U) == 0x80U)
    --begin;
  if (begin == 0) return;
  const auto lead = static_cast<unsigned char>(text[begin - 1]);
  const std::size_t wanted = lead >= 0xf0 ? 3 : lead >= 0xe0 ? 2 : lead >= 0xc0 ? 1 : 0;
  if (text.size() - begin < wanted) text.resize(begin - 1);
}

void put_part(std::string& out, const X509_NAME* name, int nid, std::string_view label) {
  const int position = X509_NAME_get_index_by_NID(name, nid, -1);
  if (position < 0) return;
  unsigned char* raw = nullptr;
  const int size =
      ASN1_STRING_to_UTF8(&raw, X509_NAME_ENTRY_get_data(X509_NAME_get_entry(name, position)));
  const Bytes held(raw);
  if (size <= 0) return;
  if (!out.empty()) out += ", ";
  out += label;
  put_printable(out, std::span(raw, static_cast<std::size_t>(size)), kNameBytesMax, kUtf8);
}

// Organisation and common name tell people and rules whose it is; a name with neither is shown by
// its organisational unit.
std::string print_name(const X509_NAME* name) {
  std::string text;
  put_part(text, name, NID_organizationName, "O=");
  put_part(text, name, NID_commonName, "CN=");
  if (text.empty()) put_part(text, name, NID_organizationalUnitName, "OU=");
  drop_partial_character(text);
  return text;
}

Time read_time(const ASN1_TIME* time) {
  std::tm parts{};
  if (ASN1_TIME_to_tm(time, &parts) != 1) return {};
  const std::chrono::year_month_day day{std::chrono::year{parts.tm_year + 1900},
                                        std::chrono::month{static_cast<unsigned>(parts.tm_mon + 1)},
                                        std::chrono::day{static_cast<unsigned>(parts.tm_mday)}};
  return Time{std::chrono::sys_days{day}} + std::chrono::hours{parts.tm_hour} +
         std::chrono::minutes{parts.tm_min} + Seconds{parts.tm_sec};
}

std::string print_alt_name(const GENERAL_NAME& name) {
  std::string text;
  if (name.type == GEN_DNS) {
    const auto size = static_cast<std::size_t>(ASN1_STRING_length(name.d.dNSName));
    put_printable(
        text, std::span(ASN1_STRING_get0_data(name.d.dNSName), size), kDnsNameBytesMax, kAscii);
  } else if (name.type == GEN_IPADD) {
    const auto size = static_cast<std::size_t>(ASN1_STRING_length(name.d.iPAddress));
    const std::span bytes(ASN1_STRING_get0_data(name.d.iPAddress), size);
    if (size == 4 || size == 16) {
      IpAddress address{.is_v6 = size == 16};
      std::ranges::copy(bytes, address.bytes.begin());
      text = print(address);
    }
  }
  return text;
}

std::vector<std::string> read_alt_names(X509& certificate) {
  std::vector<std::string> names;
  const AltNames found(static_cast<GENERAL_NAMES*>(
      X509_get_ext_d2i(&certificate, NID_subject_alt_name, nullptr, nullptr)));
  const int count = std::min(found ? sk_GENERAL_NAME_num(found.get()) : 0, kNamesMax);
  for (int i = 0; i < count; ++i) {
    if (auto name = print_alt_name(*sk_GENERAL_NAME_value(found.get(), i)); !name.empty()) {
      names.push_back(std::move(name));
    }
  }
  return names;
}

std::string print_serial(X509& certificate) {
  const ASN1_INTEGER* serial = X509_get0_serialNumber(&certificate);
  return print_hex(std::span(ASN1_STRING_get0_data(serial),
                             static_cast<std::size_t>(ASN1_STRING_length(serial))));
}

}  // namespace

Certificate read_certificate(X509& certificate) {
  Certificate read;
  read.subject = print_name(X509_get_subject_name(&certificate));
  read.issuer = print_name(X509_get_issuer_name(&certificate));
  read.serial = print_serial(certificate);
  read.names = read_alt_names(certificate);
  read.not_before = read_time(X509_get0_notBefore(&certificate));
  read.not_after = read_time(X509_get0_notAfter(&certificate));
  unsigned char* raw = nullptr;
  int size = i2d_X509_PUBKEY(X509_get_X509_PUBKEY(&certificate), &raw);
  const Bytes key(raw);
  if (size > 0) read.key_sha256 = sha256(std::span(raw, static_cast<std::size_t>(size)));
  raw = nullptr;
  size = i2d_X509(&certificate, &raw);
  const Bytes whole(raw);
  if (size > 0) read.fingerprint_sha256 = sha256(std::span(raw, static_cast<std::size_t>(size)));
  return read;
}

}  // namespace bw::net
