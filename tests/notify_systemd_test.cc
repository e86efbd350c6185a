// SPDX-License-Identifier: Apache-2.0
#include "daemon/notify_systemd.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <array>
#include <cstdlib>
#include <cstring>
#include <string>

namespace bw {
namespace {

using ::testing::MatchesRegex;

// A supervisor's end: a datagram socket of its own, named in $NOTIFY_SOCKET.
class NotifySystemd : public ::testing::Test {
 protected:
  void SetUp() override {
    socket_ = ::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    ASSERT_GE(socket_, 0);
    // Abstract, so that nothing is left behind: the name begins with a zero byte.
    const std::string name = "bellwether-test-" + std::to_string(::getpid());
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    name.copy(&address.sun_path[1], sizeof address.sun_path - 1);
    const auto length = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + 1 + name.size());
    ASSERT_EQ(::bind(socket_, reinterpret_cast<const sockaddr*>(&address), length), 0);
    ::setenv("NOTIFY_SOCKET", ("@" + name).c_str(), 1);
  }
  void TearDown() override {
    ::unsetenv("NOTIFY_SOCKET");
    ::unsetenv("WATCHDOG_USEC");
    ::unsetenv("WATCHDOG_PID");
    ::close(socket_);
  }
  std::string received() const {
    std::array<char, 1024> buffer{};
    const auto size = ::recv(socket_, buffer.data(), buffer.size(), MSG_DONTWAIT);
    return size < 0 ? "(nothing)" : std::string(buffer.data(), static_cast<std::size_t>(size));
  }

 private:
  int socket_ = -1;
};

TEST_F(NotifySystemd, SaysReadyWithAStatusOfOneLine) {
  EXPECT_TRUE(systemd::ready("watching 12 targets\nREADY=0"));
  EXPECT_EQ(received(), "READY=1\nSTATUS=watching 12 targets READY=0");
}

TEST_F(NotifySystemd, TellsAReloadWithItsMoment) {
  EXPECT_TRUE(systemd::reloading());
  EXPECT_THAT(received(), MatchesRegex("RELOADING=1\nMONOTONIC_USEC=[1-9][0-9]+"));
}

TEST_F(NotifySystemd, TellsTheRestOfItsLife) {
  EXPECT_TRUE(systemd::feed_watchdog());
  EXPECT_EQ(received(), "WATCHDOG=1");
  EXPECT_TRUE(systemd::status("all 4 functions work"));
  EXPECT_EQ(received(), "STATUS=all 4 functions work");
  EXPECT_TRUE(systemd::stopping());
  EXPECT_EQ(received(), "STOPPING=1");
}

TEST_F(NotifySystemd, IsSilentWithoutASupervisor) {
  ::unsetenv("NOTIFY_SOCKET");
  EXPECT_FALSE(systemd::ready("watching"));
  EXPECT_EQ(received(), "(nothing)");
}

TEST_F(NotifySystemd, KnowsTheWatchdogOnlyWhenItIsMeant) {
  EXPECT_EQ(systemd::watchdog_interval(), std::nullopt);
  ::setenv("WATCHDOG_USEC", "30000000", 1);
  EXPECT_EQ(systemd::watchdog_interval(), Micros{30'000'000});
  ::setenv("WATCHDOG_PID", "1", 1);
  EXPECT_EQ(systemd::watchdog_interval(), std::nullopt);
}

}  // namespace
}  // namespace bw
