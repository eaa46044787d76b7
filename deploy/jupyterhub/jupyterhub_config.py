"""Layerbook for a class: a JupyterHub on one machine.

Every setting of a school is an environment variable (the table is in README.md); what is written here need not be edited.
"""

import os
import pwd
import stat
import sys
from pathlib import Path
from urllib.parse import urlencode

c = get_config()  # noqa: F821

PREFIX = Path(os.environ.get("LAYERBOOK_HUB_PREFIX", "/opt/layerbook"))
STATE = Path(os.environ.get("LAYERBOOK_HUB_STATE", "/var/lib/layerbook-hub"))
SPAWNER = os.environ.get("LAYERBOOK_HUB_SPAWNER", "systemd")
AUTHENTICATOR = os.environ.get("LAYERBOOK_HUB_AUTH", "pam")

# Measured (README.md, "재 본 값"): a learner with a TypeScript cell holds about a third of this, a heavy build doubles it.
MEMORY = os.environ.get("LAYERBOOK_HUB_MEMORY", "768M")
PROCESSORS = float(os.environ.get("LAYERBOOK_HUB_PROCESSORS", "2"))
IDLE_SECONDS = int(os.environ.get("LAYERBOOK_HUB_IDLE_SECONDS", "3600"))
SERVERS = int(os.environ.get("LAYERBOOK_HUB_SERVERS", "60"))

LESSONS = os.environ.get("LAYERBOOK_HUB_LESSONS", "")
LESSONS_BRANCH = os.environ.get("LAYERBOOK_HUB_LESSONS_BRANCH", "lessons")
FOLDER = os.environ.get("LAYERBOOK_HUB_FOLDER", "layerbook")


def names(variable):
    """The names in an environment variable, separated by commas or blanks."""
    return set(os.environ.get(variable, "").replace(",", " ").split())


# --- The hub itself -------------------------------------------------------------------------------------------------------

STATE.mkdir(mode=0o700, parents=True, exist_ok=True)
STATE.chmod(0o700)
c.JupyterHub.db_url = f"sqlite:///{STATE}/jupyterhub.sqlite"
c.JupyterHub.cookie_secret_file = str(STATE / "cookie_secret")
c.ConfigurableHTTPProxy.pid_file = str(STATE / "proxy.pid")
c.JupyterHub.bind_url = os.environ.get("LAYERBOOK_HUB_URL", "http://127.0.0.1:8000")
c.JupyterHub.hub_bind_url = os.environ.get("LAYERBOOK_HUB_INNER_URL", "http://127.0.0.1:8081")
c.ConfigurableHTTPProxy.api_url = os.environ.get("LAYERBOOK_HUB_PROXY_API", "http://127.0.0.1:8001")
proxy = PREFIX / "proxy/node_modules/.bin/configurable-http-proxy"
if proxy.exists():
    c.ConfigurableHTTPProxy.command = [str(proxy)]
# The hub may be restarted and updated in the middle of a lesson: servers and the proxy go on without it.
c.JupyterHub.cleanup_servers = False
c.JupyterHub.cleanup_proxy = SPAWNER == "local"
# Thirty people press "start" in the same minute; each start takes about two seconds of a processor.
c.JupyterHub.concurrent_spawn_limit = 2 * (os.cpu_count() or 2)
c.JupyterHub.active_server_limit = SERVERS
c.Spawner.start_timeout = 180
c.Spawner.http_timeout = 120
# A server of one learner on an address of its own cannot act for another learner's browser. It takes a wildcard domain.
if os.environ.get("LAYERBOOK_HUB_DOMAIN"):
    c.JupyterHub.subdomain_host = os.environ["LAYERBOOK_HUB_DOMAIN"]

# --- Who may come in ------------------------------------------------------------------------------------------------------

# An administrator sees every learner's server: name teachers only.
c.Authenticator.admin_users = names("LAYERBOOK_HUB_ADMINS")
if AUTHENTICATOR == "pam":
    c.JupyterHub.authenticator_class = "pam"
    c.LocalAuthenticator.allowed_groups = names("LAYERBOOK_HUB_GROUPS") or {"learners"}
    c.LocalAuthenticator.create_system_users = False
    c.PAMAuthenticator.open_sessions = False
elif AUTHENTICATOR == "lti":
    # LTI 1.3: the learning platform sends its people here. The four values come from the platform's own page for tools.
    c.JupyterHub.authenticator_class = "ltiauthenticator.lti13.auth.LTI13Authenticator"
    c.LTI13Authenticator.issuer = os.environ["LTI13_ISSUER"]
    c.LTI13Authenticator.client_id = names("LTI13_CLIENT_ID")
    c.LTI13Authenticator.authorize_url = os.environ["LTI13_AUTHORIZE_URL"]
    c.LTI13Authenticator.jwks_endpoint = os.environ["LTI13_JWKS_ENDPOINT"]
    # `sub` is the platform's own number of a person: no name, no address, the same for ever.
    c.LTI13Authenticator.username_key = os.environ.get("LTI13_USERNAME_KEY", "sub")
    c.LTI13Authenticator.uri_scheme = "https"
    c.LTI13Authenticator.tool_name = "Layerbook"
    c.LTI13Authenticator.tool_description = "도커 이미지 레이어 실습"
    c.Authenticator.allow_all = True
else:
    sys.exit(f"LAYERBOOK_HUB_AUTH={AUTHENTICATOR}: pam 또는 lti여야 합니다 (must be pam or lti)")

# --- A learner's server ---------------------------------------------------------------------------------------------------

c.Spawner.cmd = ["jupyterhub-singleuser"]
c.Spawner.notebook_dir = "~"
c.Spawner.mem_limit = MEMORY
c.Spawner.cpu_limit = PROCESSORS
c.Spawner.args = [
    # A kernel's sockets are files of its owner. On TCP, other people of the machine could listen to what cells print.
    "--KernelManager.transport=ipc",
    # Kernels that nobody looks at end before the server does; images and the cache are on disk and stay.
    f"--MappingKernelManager.cull_idle_timeout={max(60, IDLE_SECONDS // 2)}",
    "--MappingKernelManager.cull_interval=60",
    "--ServerApp.shutdown_no_activity_timeout=0",
]
if LESSONS:
    # Each visit brings the newest lessons first. What a learner has changed stays as the learner has it.
    query = urlencode(
        {
            "repo": LESSONS,
            "branch": LESSONS_BRANCH,
            "targetpath": FOLDER,
            "urlpath": f"lab/tree/{FOLDER}/00-start/00-start.ipynb",
        }
    )
    c.Spawner.default_url = f"/git-pull?{query}"
else:
    c.Spawner.default_url = "/lab"
c.Spawner.environment = {
    "LAYERBOOK_LANG": os.environ.get("LAYERBOOK_LANG", "ko"),
    # One compiled compiler for all, read only: 60 MB on disk once instead of once per learner, and shared in memory.
    "LAYERBOOK_SNAPSHOT_DIR": str(PREFIX / "snapshots"),
    "LAYERBOOK_SNAPSHOT": "use",
    # Base images that FROM finds before the catalog: OCI layouts, one store for all, read only.
    "LAYERBOOK_BASES": str(PREFIX / "bases"),
    "PYTHONUTF8": "1",
}


def prepare_home(spawner):
    """Before a server starts: the home is its owner's alone, and the names of kernel sockets fit (108 bytes at most)."""
    account = pwd.getpwnam(spawner.user.name)
    home = Path(account.pw_dir)
    info = home.stat()
    if info.st_uid != account.pw_uid:
        raise RuntimeError(f"{home}의 주인이 {spawner.user.name}이(가) 아닙니다 (is not owned by its user)")
    if stat.S_IMODE(info.st_mode) & 0o077:
        home.chmod(stat.S_IMODE(info.st_mode) & 0o700)
    spawner.environment = {**spawner.environment, "JUPYTER_RUNTIME_DIR": str(home / ".jupyter-run")}


if SPAWNER == "systemd":
    c.JupyterHub.spawner_class = "systemdspawner.SystemdSpawner"
    c.Spawner.pre_spawn_hook = prepare_home
    c.SystemdSpawner.extra_paths = [str(PREFIX / "venv/bin"), "/usr/local/bin", "/usr/bin", "/bin"]
    c.SystemdSpawner.unit_name_template = "layerbook-{USERNAME}"
    c.SystemdSpawner.slice = "layerbook.slice"
    c.SystemdSpawner.isolate_tmp = True
    c.SystemdSpawner.isolate_devices = True
    c.SystemdSpawner.disable_user_sudo = True
    c.SystemdSpawner.unit_extra_properties = {
        "TasksMax": "256",
        "MemorySwapMax": "0",
        "OOMPolicy": "continue",  # a kernel that takes too much dies, not the server with the unsaved notebook
        "UMask": "0077",
        "ProtectKernelTunables": "yes",
        "ProtectControlGroups": "yes",
        "RestrictSUIDSGID": "yes",
        "LockPersonality": "yes",
    }
elif SPAWNER == "docker":
    c.JupyterHub.spawner_class = "dockerspawner.DockerSpawner"
    c.DockerSpawner.image = os.environ.get("LAYERBOOK_HUB_IMAGE", "layerbook:latest")
    # In a container the image's own snapshots are right, and nobody else is there to listen.
    c.Spawner.args = [argument for argument in c.Spawner.args if "transport" not in argument]
    c.Spawner.environment = {"LAYERBOOK_LANG": c.Spawner.environment["LAYERBOOK_LANG"], "LAYERBOOK_BASES": "/opt/bases"}
    c.DockerSpawner.notebook_dir = "/home/jovyan"
    c.DockerSpawner.network_name = os.environ.get("LAYERBOOK_HUB_NETWORK", "layerbook")
    c.DockerSpawner.use_internal_ip = True
    c.JupyterHub.hub_bind_url = os.environ.get("LAYERBOOK_HUB_INNER_URL", "http://0.0.0.0:8081")
    c.JupyterHub.hub_connect_url = os.environ.get("LAYERBOOK_HUB_CONNECT_URL", "http://layerbook-hub:8081")
    # Work lives in a volume that outlives the container; base images are one folder for all, read only.
    c.DockerSpawner.volumes = {"layerbook-{username}": "/home/jovyan"}
    c.DockerSpawner.read_only_volumes = {str(PREFIX / "bases"): "/opt/bases"}
    c.DockerSpawner.remove = True
    c.DockerSpawner.extra_host_config = {
        "cap_drop": ["ALL"],
        "security_opt": ["no-new-privileges"],
        "pids_limit": 256,
        "memswap_limit": MEMORY,
    }
elif SPAWNER == "local":
    # For a try on one machine and for the tests: own system users, but no limits of memory and processors.
    c.JupyterHub.spawner_class = "localprocess"
    c.Spawner.pre_spawn_hook = prepare_home
    c.Spawner.env_keep = ["LANG", "LC_ALL"]
    c.Spawner.environment = {
        **c.Spawner.environment,
        "PATH": os.pathsep.join([str(PREFIX / "venv/bin"), "/usr/local/bin", "/usr/bin", "/bin"]),
    }
    c.LocalProcessSpawner.shell_cmd = ["/bin/sh", "-c", 'umask 077; eval "exec $0"']
else:
    sys.exit(f"LAYERBOOK_HUB_SPAWNER={SPAWNER}: systemd, docker 또는 local이어야 합니다 (must be one of the three)")

# --- Servers that nobody uses ---------------------------------------------------------------------------------------------

c.JupyterHub.load_roles = [
    {
        "name": "idle-culler",
        "scopes": ["list:users", "read:users:activity", "read:servers", "delete:servers"],
        "services": ["idle-culler"],
    }
]
c.JupyterHub.services = [
    {
        "name": "idle-culler",
        "command": [
            sys.executable,
            "-m",
            "jupyterhub_idle_culler",
            f"--timeout={IDLE_SECONDS}",
            f"--cull-every={max(5, min(300, IDLE_SECONDS // 4))}",
        ],
    }
]
