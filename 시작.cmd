@echo off
rem Opens Layerbook: double-click. (PowerShell may refuse npm.ps1; this needs no npm on the way.)
chcp 65001 >nul
cd /d "%~dp0"
where node >nul 2>nul
if errorlevel 1 (
  echo Node.js 20.19 이상이 필요합니다. 설치한 뒤 다시 두 번 누르세요: https://nodejs.org
  echo Node.js 20.19 or newer is needed. Install it, then double-click again.
  echo   winget install OpenJS.NodeJS.LTS
  pause
  exit /b 1
)
node kernel-helpers\scripts\start.mjs %*
if errorlevel 1 pause
