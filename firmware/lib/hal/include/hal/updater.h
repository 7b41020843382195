// New firmware: fetched into the inactive slot of the program memory, and made the next to start.
#pragma once

#include <stdint.h>

namespace evse::hal {

// One thing at a time, and nothing of it ever blocks: a step is begun here and goes on elsewhere;
// `state()` is polled. What a step has reached survives a restart only where it says so.
class Updater {
 public:
  enum class State : uint8_t {
    Idle,    // nothing was begun, or it was abandoned
    Working,
    Done,    // the last step that was begun has come to its end
    Failed,  // it has not: `why()`
  };

  // What can be fetched from, such as "HTTP,HTTPS".
  virtual const char* schemes() const = 0;

  // False: an image goes straight into flash, which nothing may be written to with a contactor
  // closed (docs/decisions, "Nothing is written to flash while charging"): then nothing is
  // fetched before every connector is out of service.
  virtual bool fetches_while_charging() const = 0;

  // Fetches an image into the inactive slot, where it stays over a restart. The text is read
  // before this returns; it may have a password in it, and is no text for a log.
  virtual void download(const char* url) = 0;

  // Holds the image against a signature: SHA-256 with RSA (PKCS #1 v1.5 or PSS) or ECDSA.
  // `key`: SubjectPublicKeyInfo, DER. Both are read before this returns.
  virtual void verify(const uint8_t* key, int key_size, const uint8_t* signature,
                      int signature_size) = 0;

  // Checks that the image is whole and one for this charger, and makes it the next to start.
  // Called with every contactor open, no transaction, and every connector out of service.
  virtual void install() = 0;

  // Gives up what is going on.
  virtual void abandon() = 0;

  virtual State state() = 0;
  // Of Failed, for a log; without secrets.
  virtual const char* why() const = 0;

  // Which slot the program that runs came from. Another than before the restart: the new one.
  // The same: the boot loader did not take it, or has gone back.
  virtual uint8_t running_slot() const = 0;

 protected:
  ~Updater() = default;
};

}  // namespace evse::hal
