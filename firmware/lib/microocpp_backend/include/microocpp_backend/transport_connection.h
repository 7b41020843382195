// MicroOcpp's connection, over the charger's socket. It is opened again with back-off.
#pragma once

#include <string>

#include "hal/transport.h"
#include "microocpp_backend/library.h"
#include "ocpp/settings.h"

namespace evse {

class TransportConnection final : public MicroOcpp::Connection {
 public:
  TransportConnection(const ocpp::Settings& settings, hal::Transport& transport,
                      ocpp::EventLog& log);

  // The time of what follows.
  void at(uint64_t now_us) { now_us_ = now_us; }
  void ping_every(int seconds) { ping_s_ = seconds; }
  // Every call has its answer, and for half a second there was none: the library has nothing to
  // say. It does not tell what waits inside it.
  bool is_idle() const;

  void loop() override;
  bool sendTXT(const char* text, size_t size) override;
  void setReceiveTXTcallback(MicroOcpp::ReceiveTXTcallback& receive) override {
    receive_ = receive;
  }
  unsigned long getLastConnected() override { return opened_ms_; }
  bool isConnected() override { return seen_ == hal::Transport::State::Open; }

 private:
  void look();
  void lost(const char* why);
  void hear();

  const ocpp::Settings& settings_;
  hal::Transport& transport_;
  ocpp::EventLog& log_;
  MicroOcpp::ReceiveTXTcallback receive_;
  std::string address_;
  uint64_t now_us_ = 0;
  uint64_t retry_us_ = 0;
  uint32_t random_;
  uint32_t failures_ = 0;
  int ping_s_ = 0;
  unsigned long opened_ms_ = 0;
  bool asked_ = false;  // a call waits for its answer
  uint64_t last_us_ = 0;  // of a frame in either direction
  hal::Transport::State seen_ = hal::Transport::State::Closed;
  char incoming_[ocpp::kFrameIn] = {};
};

}  // namespace evse
