# shellcheck shell=bash disable=SC2154
# The rows of the matrix; see matrix.sh for the verbs.
#
#   disc KIND                                     put a fresh disc in: cd-r or cd-rw
#   says   PROGRAM OPERATION PATTERN COMMAND      it succeeds and says that
#   burns  PROGRAM OPERATION CONTENT COMMAND      it succeeds, and that is on the disc

wodim="wodim dev=/dev/sr0 gracetime=2"
cdrdao="--device /dev/sr0 --driver generic-mmc"
read_back="readom dev=/dev/sr0 f=back.iso sectors=0-\$((\$(stat -c %s data.iso) / 2048)) && cmp back.iso data.iso && echo same"
mounted="mount -t iso9660 -o ro /dev/sr0 /mnt && { cmp tree/numbers.txt /mnt/numbers.txt && echo same; umount /mnt; }"
# A further session: its files beside those of the one before.
further="genisoimage -quiet -R -V RAWCD -C \$(wodim dev=/dev/sr0 -msinfo) -M /dev/sr0 -o second.iso more"
both_mounted="mount -t iso9660 -o ro /dev/sr0 /mnt && { ls -l /mnt; cmp tree/numbers.txt /mnt/numbers.txt && cmp more/further.txt /mnt/further.txt && echo same; umount /mnt; }"
sound="cdparanoia -q -d /dev/sr0 -B && cmp track01.cdda.wav one.wav && cmp track02.cdda.wav two.wav && echo same"

# ---- They look at a blank disc.
disc cd-r
says wodim -prcap 'Does write CD-R media' 'wodim dev=/dev/sr0 -prcap'
says wodim -atip 'ATIP start of lead in:  -11634 \(97:26/66\)' 'wodim dev=/dev/sr0 -atip'
says wodim -minfo 'disk status: *empty' 'wodim dev=/dev/sr0 -minfo'
says cdrskin -minfo 'disk status: *empty' 'cdrskin dev=/dev/sr0 -minfo'
says cdrdao disk-info 'CD-R empty *: yes' "cdrdao disk-info $cdrdao"
says sg_inq '' 'Vendor identification: RawCD' 'sg_inq /dev/sr0'
says sg_get_config '' 'Current profile: CD-R$' 'sg_get_config /dev/sr0'
says sg_modes '' 'Write parameters' 'sg_modes /dev/sr0'

# ---- Data.
burns wodim 'TAO, data' data "$wodim -tao data.iso"
says readom 'after TAO' same "$read_back"
says mount 'after TAO' same "$mounted"
says wodim -toc 'track:lout' 'wodim dev=/dev/sr0 -toc'
says cd-info '' 'ISO 9660' 'cd-info --no-cddb -C /dev/sr0'
disc cd-r
burns wodim 'SAO, data' data "$wodim -sao data.iso"
says readom 'after SAO' same "$read_back"
says mount 'after SAO' same "$mounted"
disc cd-r
burns wodim 'RAW96R, data' data "$wodim -raw96r data.iso"
says readom 'after RAW96R' same "$read_back"
says mount 'after RAW96R' same "$mounted"
disc cd-r
burns wodim 'multisession, the first' data "$wodim -tao -multi data.iso"
burns wodim 'multisession, the second' 'data second' "$further && $wodim -tao second.iso"
says mount 'two sessions of wodim' same "$both_mounted"
disc cd-r
burns cdrskin 'TAO, data' data 'cdrskin dev=/dev/sr0 -tao data.iso'
says readom 'after TAO of cdrskin' same "$read_back"
disc cd-r
burns cdrskin 'SAO, data' data 'cdrskin dev=/dev/sr0 -sao data.iso'
says mount 'after SAO of cdrskin' same "$mounted"
disc cd-r
burns cdrskin 'multisession, the first' data 'cdrskin dev=/dev/sr0 -multi -tao data.iso'
burns cdrskin 'multisession, the second' 'data second' "$further && cdrskin dev=/dev/sr0 -tao second.iso"
says mount 'two sessions of cdrskin' same "$both_mounted"
disc cd-r
burns cdrdao 'generic-mmc, data' data "cdrdao write -n $cdrdao data.toc"
says cdrdao 'read-cd, data' same "rm -f back.*; cdrdao read-cd $cdrdao --datafile back.iso back.toc && cmp back.iso data.iso && echo same"

# ---- Sound.
disc cd-r
burns wodim 'SAO, audio' audio "$wodim -sao -audio one.wav two.wav"
says cdparanoia 'after SAO' same "$sound"
disc cd-r
burns wodim 'RAW96R, audio' audio "$wodim -raw96r -audio one.wav two.wav"
says cdparanoia 'after RAW96R' same "$sound"
disc cd-r
burns cdrskin 'SAO, audio' audio 'cdrskin dev=/dev/sr0 -sao -audio one.wav two.wav'
says cdparanoia 'after SAO of cdrskin' same "$sound"
disc cd-r
burns cdrdao 'generic-mmc, audio' audio "cdrdao write -n $cdrdao audio.toc"
says cdrdao 'read-cd, audio' same "rm -f back.*; cdrdao read-cd $cdrdao --datafile back.bin back.toc && echo same"

# ---- A CD-RW.
disc cd-rw
burns wodim 'TAO on a CD-RW' data "$wodim -tao data.iso"
burns wodim 'blank=fast' blank "$wodim blank=fast"
burns wodim 'TAO after blank=fast' data "$wodim -tao data.iso"
burns cdrskin 'blank=all' blank 'cdrskin dev=/dev/sr0 blank=all'
burns cdrskin 'SAO after blank=all' data 'cdrskin dev=/dev/sr0 -sao data.iso'
burns cdrskin 'blank=fast' blank 'cdrskin dev=/dev/sr0 blank=fast'
burns cdrskin 'TAO after blank=fast' data 'cdrskin dev=/dev/sr0 -tao data.iso'
burns cdrdao 'blank' blank "cdrdao blank $cdrdao"

# ---- Raw by cdrdao.
disc cd-r
burns cdrdao 'generic-mmc-raw, data' data 'cdrdao write -n --device /dev/sr0 --driver generic-mmc-raw data.toc'
says mount 'after generic-mmc-raw' same "$mounted"
disc cd-r
burns cdrdao 'generic-mmc-raw, audio' audio 'cdrdao write -n --device /dev/sr0 --driver generic-mmc-raw audio.toc'
says cdparanoia 'after generic-mmc-raw' same "$sound"
