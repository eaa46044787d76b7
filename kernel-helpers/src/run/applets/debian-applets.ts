/** What Debian's static busybox 1.35 holds, and which long options its programs know: it is built with few of them. */

/** Names of its applets. */
export const DEBIAN_APPLETS: ReadonlySet<string> = new Set(
  (
    "[ [[ acpid adjtimex ar arch arp arping ascii ash awk base64 basename bc blkdiscard blockdev brctl " +
    "bunzip2 busybox bzcat bzip2 cal cat chgrp chmod chown chroot chvt clear cmp cp cpio crc32 crond " +
    "crontab cttyhack cut date dc dd deallocvt depmod devmem df diff dirname dmesg dnsdomainname " +
    "dos2unix dpkg dpkg-deb du dumpkmap dumpleases echo ed egrep env expand expr factor fallocate false " +
    "fatattr fdisk fgrep find findfs fold free freeramdisk fsfreeze fstrim ftpget ftpput getopt getty " +
    "grep groups gunzip gzip halt head hexdump hostid hostname httpd hwclock i2cdetect i2cdump i2cget " +
    "i2cset i2ctransfer id ifconfig ifdown ifup init insmod ionice ip ipcalc ipneigh kill killall klogd " +
    "last less link linux32 linux64 linuxrc ln loadfont loadkmap logger login logname logread losetup ls " +
    "lsmod lsscsi lzcat lzma lzop md5sum mdev microcom mim mkdir mkdosfs mke2fs mkfifo mknod mkpasswd " +
    "mkswap mktemp modinfo modprobe more mount mt mv nameif nc netstat nl nologin nproc nsenter nslookup " +
    "nuke od openvt partprobe passwd paste patch pidof ping ping6 pivot_root poweroff printf ps pwd " +
    "rdate readlink realpath reboot renice reset resume rev rm rmdir rmmod route rpm rpm2cpio run-init " +
    "run-parts sed seq setkeycodes setpriv setsid sh sha1sum sha256sum sha3sum sha512sum shred shuf " +
    "sleep sort ssl_client start-stop-daemon stat strings stty su sulogin svc svok swapoff swapon " +
    "switch_root sync sysctl syslogd tac tail tar taskset tc tee telnet telnetd test tftp time timeout " +
    "top touch tr traceroute traceroute6 true truncate ts tty tunctl ubirename udhcpc udhcpd uevent " +
    "umount uname uncompress unexpand uniq unix2dos unlink unlzma unshare unxz unzip uptime usleep " +
    "uudecode uuencode vconfig vi w watch watchdog wc wget which who whoami xargs xxd xz xzcat yes zcat "
  )
    .trim()
    .split(" "),
);

/** Long options by applet; all others have none. */
export const DEBIAN_LONG_OPTIONS: Readonly<Record<string, string>> = {
  cp: "archive recursive force no-clobber verbose no-target-directory target-directory dereference no-dereference update link symbolic-link parents remove-destination reflink",
  mv: "force no-clobber verbose no-target-directory target-directory",
  rmdir: "parents ignore-fail-on-non-empty verbose",
  mkdir: "parents mode verbose",
  touch: "no-create date reference no-dereference",
  chown: "recursive no-dereference verbose dereference",
  ls: "full-time color group-directories-first",
  grep: "color",
  sed: "quiet silent expression in-place regexp-extended file",
  xargs: "no-run-if-empty",
  date: "utc date reference rfc-2822",
  env: "ignore-environment unset",
  gzip: "stdout to-stdout decompress uncompress force quiet fast best no-name",
  gunzip: "stdout to-stdout decompress uncompress force quiet test no-name",
  zcat: "stdout to-stdout decompress uncompress force quiet test no-name",
  tar: "list extract get create file directory verbose gzip bzip2 xz lzma compress auto-compress dereference to-stdout touch overwrite strip-components no-recursion numeric-owner no-same-owner same-owner no-same-permissions same-permissions preserve-permissions keep-old to-command",
  wget: "quiet output-document output-file directory-prefix header no-check-certificate post-data post-file continue user-agent timeout tries spider no-verbose no-parent no-clobber passive-ftp proxy server-response",
  nproc: "all ignore",
  dpkg: "install list configure purge remove unpack force-depends force-confnew force-confold",
  patch: "strip input reverse forward dry-run",
  "run-parts": "test list arg umask exit-on-error reverse",
  "start-stop-daemon":
    "start stop exec name pidfile background user chuid quiet oknodo test startas make-pidfile retry signal",
  getopt: "options longoptions name quiet quiet-output shell test unquoted alternative",
};
