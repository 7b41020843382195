// The business side's end of the business link (docs/link.md): whoever decides who may charge,
// as a program of its own beside the controllers. The network is the twin's.
#pragma once

#include <stdint.h>

#include "hal/transport.h"
#include "link/frames.h"

namespace evse::link {

constexpr int kMostText = 32 * 1024;  // of a message from the network; the rest is cut off
constexpr int kMostSaid = 60 * 1024;  // to the network
constexpr int kUrlBytes = 200;
constexpr int kSubprotocolBytes = 20;
constexpr int kUserBytes = 200;
constexpr int kKeyBytes = 40;
constexpr int kTagBytes = 20;
constexpr int kMostFile = 32 * 1024;  // of a file in one frame
constexpr int kNameBytes = 64;

enum class Net : uint8_t {
  Closed,
  Connecting,
  Open,
  Returned,  // the network is back: an attempt that waits is worth making
};

// What has become of a file.
enum class FileOutcome : uint8_t { Done, Failed, Denied };

// What happened since the poll before: told in this order, and then `poll` is due. Texts and data lie
// in the buffer of frames: they are good until this side says anything.
class Happenings {
 public:
  virtual void report(int connector, const Report& report) = 0;
  virtual void tag(int connector, const char (&tag)[kTagBytes + 1]) = 0;
  // `why` says something of Closed alone.
  virtual void net_state(Net state, hal::Transport::Failure why) = 0;
  // One message of `size` bytes, of which the first kMostText at most are there.
  virtual void net_text(const uint8_t* text, uint32_t size) = 0;
  // The next piece of a file that is fetched.
  virtual void file_data(uint32_t transfer, const uint8_t* data, int size) = 0;
  // The end of a transfer; `why` (not ended by a zero) where it failed, without secrets.
  virtual void file_done(uint32_t transfer, FileOutcome outcome, const char* why, int size) = 0;

 protected:
  ~Happenings() = default;
};

// What the twin may show of a connector, and need not find out from the messages.
struct Shown {
  uint8_t status = 0;  // ChargePointStatus (OCPP 1.6 7.7), in the order of the table in 4.9
  bool in_transaction = false;
  bool numbered = false;  // the central system has given the transaction its number
  int32_t transaction = 0;
};

struct Polled {
  uint64_t next_us = 0;  // when to be polled again, if nothing happens before
  uint8_t reset = 0;     // 0: none, 1: this program, 2: the controllers too
  uint8_t registration = 0;  // 0: none, 1: Pending, 2: Rejected, 3: Accepted
  bool idle = false;         // everything there is to tell has been acknowledged
  uint32_t queued = 0;       // messages of transactions that wait to be acknowledged
  Shown shown[kMaxEvses + 1];  // [0]: the charge point itself
};

class Business {
 public:
  enum class Next : uint8_t {
    Poll,
    PowerCut,  // nothing more may be written
    Gone,      // the link is closed or broken: end
  };

  Business(Stream& stream, int connectors) : frames_(stream, connectors, frame_, kBodyBytes) {}
  Business(const Business&) = delete;
  Business& operator=(const Business&) = delete;

  bool greet(const char* name, Welcome& welcome) { return frames_.greet(name, welcome); }
  const char* refusal() const { return frames_.refusal(); }

  // Tells what has happened, and returns when the program is to act on it.
  Next next(Happenings& to, uint64_t& now_us);

  // What a program asks for between `next` and `polled`. Once the twin is gone nothing happens,
  // and `next` says so.
  void command(int connector, const Command& command);
  void net_connect(const char* url, const char* subprotocol, const char* user, const uint8_t* key,
                   int key_size);
  void net_close();
  // False: longer than a frame.
  bool net_send(const char* text, int size);
  void net_ping(uint32_t seconds);
  void event(int connector, const char* text);
  // Files. Each has a number of its own, by which the twin tells of it; the URLs may have a
  // password in them.
  void file_get(uint32_t transfer, const char* url);
  void file_put(uint32_t transfer, const char* name, const char* url);
  void file_text(uint32_t transfer, const char* text, int size);  // kMostFile at most
  void file_end(uint32_t transfer);
  void file_drop(uint32_t transfer);
  void polled(const Polled& polled);

 private:
  static constexpr int kBodyBytes = kMostSaid;

  void padded(uint8_t*& p, const char* text, int size);
  void send_rest(uint8_t type, uint8_t* p, const char* text, int most);
  bool take(uint8_t type, int size, Happenings& to);

  uint8_t frame_[Frames::kHeaderBytes + kBodyBytes]{};
  Frames frames_;
};

}  // namespace evse::link
