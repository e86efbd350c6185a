// SPDX-License-Identifier: Apache-2.0
#include "daemon/rehearsal/stage.h"

#include "daemon/rehearsal/loopback.h"
#include "daemon/rehearsal/stage_dns.h"
#include "tests/support/book_case.h"

#include <curl/curl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <arpa/inet.h>
#include <ldns/ldns.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <filesystem>
#include <memory>
#include <stdexcept>

namespace bw {
namespace {

using namespace std::chrono_literals;
using rehearsal::Loopback;
using rehearsal::Stage;
using rehearsal::World;
using ::testing::HasSubstr;
using testing::play;
using ::testing::StartsWith;

struct Fetched {
  CURLcode code = CURLE_OK;
  long os_error = 0;  // of the connect, where that failed
  long status = 0;
  std::string body;
};

// Longer than a busy machine takes; what is to be silent is waited for only that long.
constexpr Millis kPatience = 20s;
constexpr Millis kSilence = 300ms;
constexpr Millis kSlowSilence = 2s;  // the name is answered first
// Normal life has mishaps, drawn by the time: it stands still, so that each run draws the same.
constexpr double kStill = 1e-9;

std::size_t append(char* bytes, std::size_t size, std::size_t count, void* to) {
  static_cast<std::string*>(to)->append(bytes, size * count);
  return size * count;
}

// A world on sockets, an hour after its incident began.
class Play {
 public:
  explicit Play(std::string_view events, Millis patience = kPatience)
      : patience_(patience), world_(play("retailer", events)), clock_(world_.t0() + 1h, kStill) {
    // libcurl wants to be initialised while there is one thread.
    curl_global_init(CURL_GLOBAL_DEFAULT);
    auto opened =
        Stage::open(world_,
                    clock_,
                    {.directory = ::testing::TempDir() + "bw-stage-" + std::to_string(getpid()),
                     .latency_scale = 0});
    if (!opened) throw std::runtime_error(print(opened.error()));
    stage_ = std::move(*opened);
  }

  // One question over UDP, as an answer packet; null when nothing came in time.
  [[nodiscard]] std::unique_ptr<ldns_pkt, void (*)(ldns_pkt*)> ask(std::string_view name,
                                                                   ldns_rr_type type) const {
    std::unique_ptr<ldns_pkt, void (*)(ldns_pkt*)> answer(nullptr, &ldns_pkt_free);
    ldns_pkt* query = nullptr;
    const auto dotted = std::string(name) + ".";
    ldns_pkt_query_new_frm_str(&query, dotted.c_str(), type, LDNS_RR_CLASS_IN, LDNS_RD);
    ldns_pkt_set_edns_udp_size(query, 1232);
    std::uint8_t* wire = nullptr;
    std::size_t size = 0;
    ldns_pkt2wire(&wire, query, &size);
    const int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    if (fd < 0) return answer;
    const timeval patience{.tv_sec = patience_ / 1s, .tv_usec = patience_ % 1s / 1us};
    setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    const sockaddr_in to{.sin_family = AF_INET,
                         .sin_port = htons(stage_->dns_port()),
                         .sin_addr = {.s_addr = htonl(INADDR_LOOPBACK)},
                         .sin_zero = {}};
    sendto(fd, wire, size, 0, reinterpret_cast<const sockaddr*>(&to), sizeof to);
    std::array<std::uint8_t, 4096> buffer{};
    const auto got = recv(fd, buffer.data(), buffer.size(), 0);
    close(fd);
    std::free(wire);
    ldns_pkt_free(query);
    if (got <= 0) return answer;
    ldns_pkt* packet = nullptr;
    if (ldns_wire2pkt(&packet, buffer.data(), static_cast<std::size_t>(got)) == LDNS_STATUS_OK) {
      answer.reset(packet);
    }
    return answer;
  }

  // The first record of the answer in words, or the rcode's name.
  [[nodiscard]] std::string record(std::string_view name, ldns_rr_type type) const {
    const auto answer = ask(name, type);
    if (answer == nullptr) return "silence";
    const auto* list = ldns_pkt_answer(answer.get());
    if (ldns_rr_list_rr_count(list) == 0) {
      const auto rcode = ldns_pkt_get_rcode(answer.get());
      return rcode == LDNS_RCODE_NOERROR ? "nothing" : "rcode " + std::to_string(rcode);
    }
    char* text = ldns_rdf2str(
        ldns_rr_rdf(ldns_rr_list_rr(list, 0), ldns_rr_rd_count(ldns_rr_list_rr(list, 0)) - 1));
    std::string copy(text);
    std::free(text);
    return copy;
  }

  [[nodiscard]] Fetched fetch(const std::string& url, const std::string& form = {}) const {
    const auto host = url.substr(url.find("//") + 2, url.find('/', 8) - url.find("//") - 2);
    const bool is_https = url.starts_with("https");
    const auto port = is_https ? stage_->https_port() : stage_->http_port();
    Fetched fetched;
    const auto address = record(host, LDNS_RR_TYPE_A);
    if (!parse_address(address)) {
      ADD_FAILURE() << host << ": " << address;
      return fetched;
    }
    const auto to = "::" + address + ":" + std::to_string(port);
    curl_slist* connect_to = curl_slist_append(nullptr, to.c_str());
    const auto ca_file = stage_->ca_file();
    CURL* curl = curl_easy_init();
    curl_easy_setopt(curl, CURLOPT_URL, url.c_str());
    curl_easy_setopt(curl, CURLOPT_CONNECT_TO, connect_to);
    curl_easy_setopt(curl, CURLOPT_CAINFO, ca_file.c_str());
    curl_easy_setopt(curl, CURLOPT_CAPATH, nullptr);
    curl_easy_setopt(curl, CURLOPT_PROXY, "");
    curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(curl, CURLOPT_TIMEOUT_MS, static_cast<long>(patience_.count()));
    curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, &append);
    curl_easy_setopt(curl, CURLOPT_WRITEDATA, &fetched.body);
    if (!form.empty()) curl_easy_setopt(curl, CURLOPT_POSTFIELDS, form.c_str());
    fetched.code = curl_easy_perform(curl);
    curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &fetched.status);
    curl_easy_getinfo(curl, CURLINFO_OS_ERRNO, &fetched.os_error);
    curl_easy_cleanup(curl);
    curl_slist_free_all(connect_to);
    return fetched;
  }

 private:
  Millis patience_;
  World world_;
  Clock clock_;
  std::unique_ptr<Stage> stage_;
};

std::string on_www(std::string_view fault) {
  return "[[event]]\nat = \"0s\"\non = [\"host:www.hartley.example\"]\n" + std::string(fault) +
         "\n";
}
const std::string kHome = "https://www.hartley.example/";

TEST(Loopback, KeepsNetworksApartAndTogether) {
  Loopback loopback;
  const auto at = [&](std::string_view text) { return print(loopback.map(*parse_address(text))); };
  EXPECT_THAT(at("198.51.100.10"), StartsWith("127."));
  EXPECT_EQ(print_network(*parse_address(at("198.51.100.10"))),
            print_network(*parse_address(at("198.51.100.200"))));
  // 10.0.7.1 and 9.31.7.1 fall on the same second octet.
  EXPECT_NE(at("10.0.7.1"), at("9.31.7.1"));
  const auto here = loopback.map(*parse_address("203.0.113.20"));
  EXPECT_EQ(print(*loopback.unmap(here)), "203.0.113.20");
  EXPECT_FALSE(loopback.unmap(*parse_address("127.0.0.1")));
}

TEST(StageDns, GarbageIsNoQuestion) {
  EXPECT_FALSE(rehearsal::read_question(""));
  EXPECT_FALSE(rehearsal::read_question("not a message at all, but long enough to be one"));
}

TEST(Stage, ServesTheWorldOverVerifiedTls) {
  const Play stage("");
  const auto home = stage.fetch(kHome);
  EXPECT_EQ(home.code, CURLE_OK) << curl_easy_strerror(home.code);
  EXPECT_EQ(home.status, 200);
  EXPECT_THAT(home.body, HasSubstr("New in this week"));
  EXPECT_EQ(stage.fetch("https://api.hartley.example/v2/basket").body,
            R"({"currency":"GBP","status":"ok"})");
  EXPECT_EQ(stage.fetch("http://www.hartley.example/").status, 301);
  EXPECT_EQ(stage.fetch("https://status.paywell.example/api/v2/summary.json").status, 200);
  EXPECT_EQ(stage.fetch("https://www.hartley.example/signin", "password=guess").status, 401);
}

TEST(Stage, ANameServerWithoutItsPortIsAnError) {
  const World world = play("retailer", "");
  const Clock clock(world.t0(), kStill);
  Stage::Settings settings{.directory = ::testing::TempDir() + "bw-stage-port"};
  const auto first = Stage::open(world, clock, settings);
  ASSERT_TRUE(first) << print(first.error());
  settings.dns_port = (*first)->dns_port();
  const auto second = Stage::open(world, clock, settings);
  ASSERT_FALSE(second);
  EXPECT_THAT(print(second.error()), HasSubstr("give another port"));
}

TEST(Stage, AnswersNames) {
  const Play stage("");
  EXPECT_THAT(stage.record("www.hartley.example", LDNS_RR_TYPE_A), StartsWith("127."));
  EXPECT_EQ(stage.record("hartley.example", LDNS_RR_TYPE_NS), "ns1.zonecraft.example.");
  EXPECT_EQ(stage.record("hartley.example", LDNS_RR_TYPE_MX), "mx1.mail-relay.example.");
  EXPECT_EQ(stage.record("hartley.example", LDNS_RR_TYPE_CAA), "\"meridian.example\"");
  EXPECT_EQ(stage.record("hartley.example", LDNS_RR_TYPE_SOA), "300");
  EXPECT_EQ(stage.record("www.hartley.example", LDNS_RR_TYPE_AAAA), "nothing");
  EXPECT_EQ(stage.record("nobody.example", LDNS_RR_TYPE_A), "rcode 3");
}

TEST(Stage, NameServersFail) {
  EXPECT_EQ(
      Play(on_www("dns = { rcode = \"SERVFAIL\" }")).record("www.hartley.example", LDNS_RR_TYPE_A),
      "rcode 2");
  EXPECT_EQ(Play(on_www("dns = { timeout = true }"), kSilence)
                .record("www.hartley.example", LDNS_RR_TYPE_A),
            "silence");
  const Play stage(on_www("dns = { bogus = true }"));
  const auto bogus = stage.ask("www.hartley.example", LDNS_RR_TYPE_A);
  ASSERT_NE(bogus, nullptr);
  EXPECT_EQ(ldns_pkt_get_rcode(bogus.get()), LDNS_RCODE_SERVFAIL);
  ASSERT_NE(ldns_pkt_edns_data(bogus.get()), nullptr);
  EXPECT_EQ(ldns_rdf_size(ldns_pkt_edns_data(bogus.get())), 6U);
}

TEST(Stage, AReplacedAddressIsServedToo) {
  const Play stage(on_www("dns = { a = [\"203.0.113.217\"] }") +
                   on_www("http = { status = 200, body = \"a stranger\" }"));
  EXPECT_EQ(stage.fetch(kHome).body, "a stranger");
}

TEST(Stage, ServersFailOnRealSockets) {
  EXPECT_EQ(Play(on_www("http = { status = 503, body = \"sorry\" }")).fetch(kHome).status, 503);
  EXPECT_EQ(Play(on_www("tcp = \"refuse\"")).fetch(kHome).code, CURLE_COULDNT_CONNECT);
  const auto silent = Play(on_www("tcp = \"timeout\""), kSlowSilence).fetch(kHome);
  EXPECT_EQ(silent.code, CURLE_OPERATION_TIMEDOUT);
  // The reset may arrive before libcurl has seen the connection, in the handshake or after it.
  const auto reset = Play(on_www("tcp = \"reset\"")).fetch(kHome);
  EXPECT_TRUE(reset.code == CURLE_SSL_CONNECT_ERROR || reset.code == CURLE_RECV_ERROR ||
              reset.code == CURLE_SEND_ERROR ||
              (reset.code == CURLE_COULDNT_CONNECT && reset.os_error == ECONNRESET))
      << reset.code << ", errno " << reset.os_error;
}

TEST(Stage, CertificatesAreWrongForReal) {
  for (const auto* fault : {"tls = { expired = true }",
                            "tls = { self_signed = true }",
                            "tls = { wrong_name = true }",
                            "tls = { incomplete_chain = true }"}) {
    EXPECT_EQ(Play(on_www(fault)).fetch(kHome).code, CURLE_PEER_FAILED_VERIFICATION) << fault;
  }
  EXPECT_EQ(Play(on_www("tls = { handshake = \"fail\" }")).fetch(kHome).code,
            CURLE_SSL_CONNECT_ERROR);
  EXPECT_EQ(Play(on_www("tls = { issuer = \"Quickleaf DV CA\", key = \"new\" }")).fetch(kHome).code,
            CURLE_OK);
}

}  // namespace
}  // namespace bw
