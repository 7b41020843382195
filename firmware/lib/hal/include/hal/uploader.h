// Texts that are delivered to a file server, such as a log.
#pragma once

#include <stdint.h>

namespace evse::hal {

// One at a time, and nothing of it ever blocks.
class Uploader {
 public:
  enum class State : uint8_t {
    Idle,     // nothing was begun, or it was abandoned
    Sending,  // takes text, or waits for the server's word after `finish`
    Done,
    Failed,   // `why()`
    Denied,   // the server knows us, or not, and says no
  };

  // What can be delivered to, such as "HTTP,HTTPS".
  virtual const char* schemes() const = 0;

  // Begins a file `name` in the folder that `url` is. The texts are read before this returns; the
  // URL may have a password in it, and is no text for a log.
  virtual void begin(const char* url, const char* name) = 0;
  // Takes the next bytes of it: how many, 0 where there is no room now.
  virtual int put(const char* text, int size) = 0;
  // That was all of it.
  virtual void finish() = 0;
  virtual void abandon() = 0;

  virtual State state() = 0;
  // Of Failed and Denied, for a log; without secrets.
  virtual const char* why() const = 0;

 protected:
  ~Uploader() = default;
};

}  // namespace evse::hal
