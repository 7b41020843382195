// miguelbalboa/MFRC522 1.4.11, src/MFRC522.h
#pragma once

#include "Arduino.h"

class MFRC522 {
 public:
  static constexpr byte UNUSED_PIN = UINT8_MAX;
  enum StatusCode : byte { STATUS_OK, STATUS_ERROR };
  typedef struct {
    byte size;
    byte uidByte[10];
    byte sak;
  } Uid;
  Uid uid;

  MFRC522(byte chip_select, byte reset_power_down);
  void PCD_Init();
  bool PICC_IsNewCardPresent();
  bool PICC_ReadCardSerial();
  StatusCode PICC_HaltA();
};
