#!/bin/bash
# A private PulseAudio with a virtual microphone (vmic) and a virtual speaker (vspk); needs no hardware, works as root.
#   . tests/virtual_audio.sh start [DIR]     starts it and exports what clients need (source it)
#   . tests/virtual_audio.sh daemon DIR      starts only the daemon again, in the foreground
#   . tests/virtual_audio.sh stop
# Speak into the microphone in real time:  paplay --latency-msec=30 -d vmic_in speech.wav
# Record the speaker:                      parecord -d vspk.monitor --file-format=wav out.wav
# With VIRTUAL_ECHO=1 the speaker is heard by the microphone: 120 ms later and about 6 dB quieter.
# A real microphone is never exactly silent: this one hums at -80 dBFS. `pactl set-source-mute vmic 1` makes it send zeros.
# Needs: pulseaudio pulseaudio-utils libportaudio2 libasound2-plugins
va_dir=${2:-${VIRTUAL_AUDIO_DIR:-$(mktemp -d)}}
export VIRTUAL_AUDIO_DIR=$va_dir

va_environment() {
  export XDG_RUNTIME_DIR=$va_dir/rt PULSE_RUNTIME_PATH=$va_dir/rt/pulse PULSE_SERVER=unix:$va_dir/rt/pulse/native
  export PULSE_COOKIE=$va_dir/cookie ALSA_CONFIG_PATH=$va_dir/asound.conf
}

va_configure() {
  mkdir -p "$va_dir/rt"
  chmod 700 "$va_dir" "$va_dir/rt"
  cat > "$va_dir/asound.conf" <<'ASOUND'
pcm.!default { type pulse hint { show on description "Default (PulseAudio)" } }
ctl.!default { type pulse }
pcm.pulse { type pulse hint { show on description "PulseAudio" } }
ctl.pulse { type pulse }
ASOUND
  # norewinds=1 is essential: without it the first 1.9 s of every stream is lost
  cat > "$va_dir/default.pa" <<'PULSE'
load-module module-native-protocol-unix
load-module module-null-sink sink_name=vspk rate=48000 norewinds=1 sink_properties=device.description=VirtualSpeaker
load-module module-null-sink sink_name=vmic_in rate=48000 norewinds=1 sink_properties=device.description=VirtualMicFeed
load-module module-remap-source source_name=vmic master=vmic_in.monitor source_properties=device.description=VirtualMicrophone
set-default-sink vspk
set-default-source vmic
load-module module-sine sink=vmic_in frequency=50
PULSE
  # adjust_time=0: a steady delay, which the canceller can learn
  [ "${VIRTUAL_ECHO:-0}" = 1 ] && cat >> "$va_dir/default.pa" <<'PULSE'
load-module module-loopback source=vspk.monitor sink=vmic_in latency_msec=120 adjust_time=0 sink_input_properties=media.name=VirtualEcho
PULSE
  return 0
}

va_daemon() {
  exec pulseaudio --daemonize=no -n -F "$va_dir/default.pa" --exit-idle-time=-1 --disallow-exit --use-pid-file=no \
    --high-priority=no --realtime=no --log-target=file:"$va_dir/pulse.log" </dev/null >/dev/null 2>&1
}

# va_volume TEXT VOLUME: of the stream whose description holds TEXT
va_volume() {
  for _ in $(seq 40); do
    input=$(pactl list sink-inputs | awk -v text="$1" '/^Sink Input #/{sub("#","",$3); id=$3} $0 ~ text{print id; exit}')
    [ -n "$input" ] && pactl set-sink-input-volume "$input" "$2" && return 0
    sleep .05
  done
}

va_start() {
  va_environment
  va_configure
  (va_daemon) &
  echo $! > "$va_dir/pid"
  for _ in $(seq 100); do pactl info >/dev/null 2>&1 && break; sleep .05; done
  va_volume module-sine.c -80dB
  [ "${VIRTUAL_ECHO:-0}" = 1 ] && va_volume VirtualEcho -5dB
  pactl info >/dev/null 2>&1 && return 0
  echo "PulseAudio did not start; see $va_dir/pulse.log" >&2
  return 1
}

case "${1:-}" in
  start) va_start ;;
  daemon) va_environment; va_daemon ;;
  stop) kill "$(cat "$va_dir/pid")" ;;
esac
