// Frames of the links to the twin (docs/link.md): a header, and a body of the size that it names.
//
// Portable: it knows the frames, not what carries them. No heap, no exceptions.
#pragma once

#include <stdint.h>

#include "link/blocks.h"

namespace evse::link {

constexpr uint16_t kLinkVersion = 2;
constexpr int kMaxEvses = 2;

// What carries the frames: whole pieces, or false when the other side is gone.
class Stream {
 public:
  virtual bool read(uint8_t* data, int size) = 0;
  virtual bool write(const uint8_t* data, int size) = 0;

 protected:
  ~Stream() = default;
};

// What the twin says in its greeting.
struct Welcome {
  uint64_t now_us = 0;
  uint32_t phase_us = 0;  // ticks are at phase + 1000 k us
  Hardware hardware[kMaxEvses];
  int64_t register_mwh[kMaxEvses]{};  // where a register that is new begins
};

// Numbers of the frames, in the order of the tables of docs/link.md.
enum Type : uint8_t {
  kHello = 1,
  kWelcome,
  kRefused,
  kGrant,
  kReply,
  kPowerCut,
  // Of the business link, from the twin:
  kReport = 16,
  kTag,
  kNetState,
  kNetText,
  kPoll,
  kFileData,
  kFileDone,
  // … and to it:
  kCommand = 32,
  kNetConnect,
  kNetClose,
  kNetSend,
  kNetPing,
  kEvent,
  kPolled,
  kFileGet,
  kFilePut,
  kFileText,
  kFileEnd,
  kFileDrop,
};

// One frame at a time, in a buffer that its owner has laid out.
class Frames {
 public:
  static constexpr int kHeaderBytes = 4;

  // `frame` is of kHeaderBytes + `most` bytes.
  Frames(Stream& stream, int evses, uint8_t* frame, int most)
      : stream_(stream), evses_(evses), frame_(frame), most_(most) {}

  int evses() const { return evses_; }
  uint8_t* body() { return frame_ + kHeaderBytes; }

  // Sends what is in the body. False: the twin is gone.
  bool send(uint8_t type, int size);
  // The next frame, into the body. False: the twin is gone, or speaks another protocol.
  bool receive(uint8_t& type, int& size);

  // HELLO and WELCOME. False: the twin refuses (see `refusal`), is gone, or speaks another
  // protocol.
  bool greet(const char* name, Welcome& welcome);
  // The twin's words when it refused, else empty.
  const char* refusal() const { return refusal_; }

 private:
  Stream& stream_;
  int evses_;
  uint8_t* frame_;
  int most_;
  char refusal_[161]{};
};

}  // namespace evse::link
