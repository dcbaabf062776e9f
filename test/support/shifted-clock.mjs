// For `NODE_OPTIONS=--import`: a process whose machine's clock is off by CLOCK_SHIFT_MS. SIGUSR2 turns it to the other side.
const RealDate = Date;
let shiftMs = Number(process.env.CLOCK_SHIFT_MS ?? 0);
const now = () => RealDate.now() + shiftMs;

class ShiftedDate extends RealDate {
  constructor(...given) {
    super(...(given.length === 0 ? [now()] : given));
  }
  static now() {
    return now();
  }
}

globalThis.Date = ShiftedDate;
process.on('SIGUSR2', () => {
  shiftMs = -shiftMs;
});
