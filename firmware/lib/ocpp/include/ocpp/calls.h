// Calls in both directions over one socket: one outstanding outward, all answered inward.
#pragma once

#include <stdint.h>

#include "hal/transport.h"
#include "ocpp/deadline.h"
#include "ocpp/frames.h"
#include "ocpp/json_writer.h"
#include "ocpp/outgoing.h"
#include "ocpp/sizes.h"

namespace evse::ocpp {

// What the central system has said to BootNotification (OCPP 1.6 4.2).
enum class Registration : uint8_t { None, Pending, Rejected, Accepted };

// Whoever makes the payloads, and acts on what comes in.
class Blocks {
 public:
  // Writes the payload's fields.
  virtual void write(const Outgoing& call, JsonWriter& out) = 0;
  virtual void outcome(const Outgoing& call, const Outcome& outcome) = 0;
  // Whether there is a block for an action in this charger.
  virtual bool supports(const char* action) const = 0;
  // Answers a call by `Calls::result…finish`, `refuse`, or later by the same.
  virtual void called(const MessageId& id, const char* action, const Json* payload) = 0;
  // The next message of the journal, when nothing else waits. False: none.
  virtual bool next_queued(Outgoing& call) = 0;
  virtual void trouble(const char* what) = 0;
  // A message that came in is none of OCPP, or breaks its schema.
  virtual void invalid(const char* what) = 0;

 protected:
  ~Blocks() = default;
};

class Calls {
 public:
  // After this long a call counts as unanswered, and the socket as dead.
  static constexpr uint64_t kTimeoutUs = 30 * kSecondUs;

  Calls(hal::Transport& transport, Blocks& blocks) : transport_(transport), blocks_(blocks) {}

  // `prefix` makes message ids unlike those of the boot before.
  void power_on(uint32_t prefix);

  Registration registration = Registration::None;
  bool open() const { return open_; }
  bool online() const { return open_ && registration == Registration::Accepted; }
  bool idle() const { return !outstanding_ && waiting_ == 0; }
  int room() const { return kCallsWaiting - waiting_; }

  // Sends a call that is not kept. False: it is not sent, as nobody would hear it, or too many
  // wait already.
  bool send(const Outgoing& call);

  // What is being done is answered first: no further call until `release`.
  void hold() { ++holds_; }
  void release() { --holds_; }

  // An answer: `result`, then fields, then `finish`. Only what is to be told in the same socket
  // as the question is: `socket()` tells which that was.
  uint32_t socket() const { return socket_; }
  bool can_say() const { return unsent_ == 0; }
  JsonWriter& result(const MessageId& id);
  void finish();
  void status(const MessageId& id, const char* status);
  void refuse(const MessageId& id, const char* code, const char* why);

  void opened();
  void closed();

  // Reads and answers one message. True: there was one.
  bool hear();
  // Sends the next call, if none is outstanding or held back and there is one.
  void pump(uint64_t now_us);
  // Gives up a call that is not answered. True: the socket is to be dropped.
  bool timed_out(uint64_t now_us);
  uint64_t next_us() const { return timeout_.at_us(); }
  bool unsent() const { return unsent_ > 0; }
  // Offers what the transport has not taken yet.
  void flush();

 private:
  void called(const Frame& frame);
  void answered(const Frame& frame);
  void say();

  hal::Transport& transport_;
  Blocks& blocks_;
  bool open_ = false;
  uint32_t socket_ = 0;
  Outgoing queue_[kCallsWaiting];
  int waiting_ = 0;
  Outgoing current_;
  bool outstanding_ = false;
  MessageId current_id_;
  Text<kMessageId> prefix_;
  uint32_t count_ = 0;
  int holds_ = 0;
  Deadline timeout_;
  char in_[kFrameIn] = {};
  char out_[kFrameOut] = {};
  int unsent_ = 0;
  JsonWriter writer_{out_, kFrameOut};
  MessageId answering_;
};

}  // namespace evse::ocpp
