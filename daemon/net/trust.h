// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "daemon/loop.h"
#include "probes/exchange.h"

#include <openssl/types.h>

#include <cstdint>
#include <expected>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

namespace bw::net {

// Roots that are loaded once and shared by every connection of a trust policy. Parsing Debian's
// bundle takes 30 ms: doing it for each connection is what makes probing with an own bundle ten
// times as dear.
class Roots {
 public:
  Roots();
  ~Roots();
  Roots(const Roots&) = delete;
  Roots& operator=(const Roots&) = delete;

  [[nodiscard]] X509_STORE* store() const { return store_; }
  // For connections that are made here: verifies with what is attached to each.
  [[nodiscard]] SSL_CTX* context() const { return context_; }
  // A root of this organisation ("O=...") is trusted.
  [[nodiscard]] bool knows_organisation_of(const X509_NAME* name) const;

 private:
  X509_STORE* store_ = nullptr;
  SSL_CTX* context_ = nullptr;
};
using RootsRef = std::shared_ptr<Roots>;

// The roots of each policy. A file is read a few certificates a turn, so that no turn is long; one
// that changes on disk is read again (looked at every 10 s) while the old roots serve, and they
// stay where that fails. At most 64 files.
class RootsCache {
 public:
  // The roots, or what is wrong with the file.
  using Done = std::function<void(std::expected<RootsRef, std::string>)>;

  explicit RootsCache(Loop& loop, Seconds look_every = Seconds{10})
      : loop_(loop), look_every_(look_every) {}
  ~RootsCache();
  RootsCache(const RootsCache&) = delete;
  RootsCache& operator=(const RootsCache&) = delete;

  // `ca_file` as in Trust. `done` is called once, before this returns where they are at hand.
  void find(const std::string& ca_file, Done done);
  [[nodiscard]] std::uint64_t loads() const { return loads_; }

 private:
  struct Loading;
  struct Entry {
    RootsRef roots;
    std::string stamp;  // of the file: time, size, inode
    Steady looked_at{};
    std::shared_ptr<Loading> loading;
    std::vector<Done> waiting;
  };
  Entry& entry_of(const std::string& ca_file);
  void load(const std::string& ca_file, Entry& entry);
  void load_some(const std::string& ca_file);

  Loop& loop_;
  Seconds look_every_;
  std::map<std::string, Entry> entries_;
  std::uint64_t loads_ = 0;
};

// One connection's verification: set up before the handshake, read after it. The chain is captured
// whether or not it verifies, and all that is wrong with it is found, not just the first thing.
struct Verification {
  RootsRef roots;
  std::string host;         // name or address that the certificate must be for
  bool is_verified = true;  // false: go on in any case
  Chain chain;
  Steady begun{};  // the handshake; libcurl 7.88 does not tell when TCP was connected
  Steady done{};
};
// Makes connections of this context verify with what is attached to them.
void prepare(SSL_CTX& context);
// `verification` must outlive the connection. A context that serves one connection, as libcurl
// makes them, is prepared by attaching to it.
void attach(SSL_CTX& context, Verification& verification);
// The connection goes on without it: nothing more is noted, and no new chain is accepted.
void detach(SSL_CTX& context);
void attach(SSL& connection, Verification& verification);

}  // namespace bw::net
